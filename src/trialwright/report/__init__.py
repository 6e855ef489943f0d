"""What people read about a trial: the report and the safety board's report, as pages and as PDFs, with every figure."""

from trialwright.report.making import report_model
from trialwright.report.model import ReportModel, report_json
from trialwright.report.safety_facts import SafetyModel, safety_json
from trialwright.report.safety_making import safety_model
from trialwright.report.safety_wording import write_safety_report
from trialwright.report.writing import write_report

__all__ = [
    "ReportModel",
    "SafetyModel",
    "report_json",
    "report_model",
    "safety_json",
    "safety_model",
    "write_report",
    "write_safety_report",
]
