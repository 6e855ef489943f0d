import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "conduct"))  # its stories are told here, too
