"""Machines bring data in and out: so far, tables of people observed in the past come in, one person a line."""

from trialwright.exchange.faults import TableErrors
from trialwright.exchange.importing import Imported, import_csv
from trialwright.exchange.table import Table, read_table
from trialwright.exchange.table_map import TableMap, read_map

__all__ = [
    "Imported",
    "Table",
    "TableErrors",
    "TableMap",
    "import_csv",
    "read_map",
    "read_table",
]
