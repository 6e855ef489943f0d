# Codes compared as people's, passwords that must change, the log of accounts, tries, kept forms and used nonces.

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trialwright.conduct.roles import person_key

GUARDS = """
CREATE TRIGGER people_line_no_update BEFORE UPDATE ON people_line
BEGIN SELECT RAISE(ABORT, 'a line of the log of accounts is never changed'); END;
CREATE TRIGGER people_line_no_delete BEFORE DELETE ON people_line
BEGIN SELECT RAISE(ABORT, 'a line of the log of accounts is never removed'); END;
CREATE TRIGGER people_line_no_replace BEFORE INSERT ON people_line
WHEN NEW.id IS NOT NULL AND EXISTS (SELECT 1 FROM people_line WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a line of the log of accounts is never replaced'); END;
"""


def fill_keys(apps: Any, schema_editor: Any) -> None:
    for person in apps.get_model("people", "Person").objects.all():
        person.key = person_key(person.code)
        person.save()


def guard(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for statement in GUARDS.split("END;"):
            if statement.strip():
                schema_editor.execute(f"{statement}END;")


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddField("person", "key", models.CharField(max_length=64, default="")),
        migrations.AddField("person", "must_change", models.BooleanField(default=False)),
        migrations.AddField("person", "epoch", models.PositiveIntegerField(default=0)),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
        migrations.AlterField("person", "key", models.CharField(max_length=64, unique=True)),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True)),
                ("what", models.CharField(max_length=30)),
                ("code", models.CharField(blank=True, max_length=64)),
                ("by", models.CharField(blank=True, max_length=64)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("detail", models.CharField(blank=True, max_length=200)),
            ],
            options={"ordering": ("-pk",)},
        ),
        migrations.CreateModel(
            name="Tries",
            fields=[
                ("key", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("locks", models.PositiveIntegerField(default=0)),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("last_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Used",
            fields=[
                ("nonce", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="OldPassword",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hash", models.CharField(max_length=128)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="old_passwords",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KeptForm",
            fields=[
                ("token", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("path", models.CharField(max_length=300)),
                ("typed", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
