"""The few bytes of protobuf that a fixture's TensorProto consists of."""

from pathlib import Path

import torch
from torch import Tensor

DIMS, DATA_TYPE, RAW_DATA = 1, 2, 9
DTYPES = {1: torch.float32, 11: torch.float64}


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """The number at an offset, and the offset behind it."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def read_fields(data: bytes):
    """Pairs of field number and value: an int for varints, bytes for everything with a length."""
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        field, wire = key >> 3, key & 7
        if wire == 0:
            value, at = read_varint(data, at)
        elif wire == 2:
            size, at = read_varint(data, at)
            value, at = data[at : at + size], at + size
        else:
            raise ValueError(f"field {field} has wire type {wire}, which no tensor of a fixture uses")
        yield field, value


def read_dims(value: int | bytes) -> list[int]:
    """Dimensions of one field: a single number, or packed ones."""
    if isinstance(value, int):
        return [value]
    dims, at = [], 0
    while at < len(value):
        dim, at = read_varint(value, at)
        dims.append(dim)
    return dims


def read_tensor(path: Path) -> Tensor:
    """The tensor in a file, in float64."""
    dims, dtype, raw = [], None, None
    for field, value in read_fields(path.read_bytes()):
        if field == DIMS:
            dims += read_dims(value)
        elif field == DATA_TYPE:
            dtype = DTYPES.get(value)
        elif field == RAW_DATA:
            raw = value
    if dtype is None or raw is None:
        raise ValueError(f"{path}: no raw data of float32 or float64")
    return torch.frombuffer(bytearray(raw), dtype=dtype).reshape(dims).double()
