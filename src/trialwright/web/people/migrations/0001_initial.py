# Accounts, roles and the clock of simulated trials.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("code", models.CharField(max_length=64, unique=True)),
                ("printed_name", models.CharField(max_length=120)),
                ("is_active", models.BooleanField(default=True)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("theme", models.CharField(blank=True, max_length=10)),
                ("password_set_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("trial", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("ahead_seconds", models.FloatField()),
            ],
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("investigator", "investigator"),
                            ("coordinator", "coordinator"),
                            ("cell laboratory", "cell laboratory"),
                            ("data manager", "data manager"),
                            ("monitor", "monitor"),
                            ("statistician", "statistician"),
                            ("safety board", "safety board"),
                            ("administrator", "administrator"),
                            ("auditor", "auditor"),
                        ],
                        max_length=30,
                    ),
                ),
                ("site", models.CharField(max_length=20)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("person", "role", "site"), name="one_membership_each")],
            },
        ),
    ]
