import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[1] / "conduct"))  # its stories of cells are played into directories here
sys.path.append(str(Path(__file__).parents[1] / "store"))  # its PostgreSQL server
