"""What exists: the built-in kit of procedural indoor things."""

from .asset import Asset as Asset
from .asset import AssetSpec as AssetSpec
from .asset import Material as Material
from .asset import MeshPart as MeshPart
from .asset import Support as Support
from .asset import SupportSurface as SupportSurface
from .catalogue import CATEGORIES as CATEGORIES
from .catalogue import class_ids as class_ids
from .catalogue import find_category as find_category
from .catalogue import make_asset as make_asset
from .category import Category as Category
from .colors import COLORS as COLORS
from .gltf import Node as Node
from .gltf import export_glb as export_glb
from .metadata import asset_metadata as asset_metadata
from .readers.gltf import read_glb as read_glb
from .structure import FLOOR_MATERIALS as FLOOR_MATERIALS
from .structure import STRUCTURE_CLASSES as STRUCTURE_CLASSES
from .structure import WALL_MATERIALS as WALL_MATERIALS
from .structure import structure_material as structure_material
