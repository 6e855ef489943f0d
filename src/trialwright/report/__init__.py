"""What people read about a trial: one report, as a page and as a PDF, with every figure and what it rests on."""

from trialwright.report.making import report_model
from trialwright.report.model import ReportModel, report_json
from trialwright.report.writing import write_report

__all__ = ["ReportModel", "report_json", "report_model", "write_report"]
