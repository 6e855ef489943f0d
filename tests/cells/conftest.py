import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "conduct"))  # its stories of cells are told here, too
