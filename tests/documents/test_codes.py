"""QR codes as PNG: read back from the file itself, pixel by pixel."""

import struct
import zlib

from documents.codes import SCALE, code

BORDER = 4
FINDER = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]


def modules(png):
    """Return the rows of a code's modules (1 is dark) out of a PNG of one bit a pixel."""
    at, packed = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", data[:10])
        packed += data if kind == b"IDAT" else b""
        at += 12 + length
    assert (width, depth, colour) == (height, 1, 0)
    stride = (width + 7) // 8 + 1
    raw, above = zlib.decompress(packed), bytes(stride - 1)
    bits = []
    for row in range(height):
        how, *line = raw[row * stride : (row + 1) * stride]
        assert how in {0, 2}  # as it is, or what differs from the line above
        above = bytes((byte + up) % 256 for byte, up in zip(line, above, strict=True)) if how else bytes(line)
        bits.append("".join(f"{byte:08b}" for byte in above)[:width])
    dark = str.maketrans("01", "10")  # grey: 0 is black
    return [bits[row][SCALE // 2 :: SCALE].translate(dark) for row in range(SCALE // 2, height, SCALE)]


def test_a_code_has_its_border_and_its_three_corners():
    found = modules(code("http://weixin.qq.com/q/02kZgJEgmtdkT10000007O"))
    size = len(found) - 2 * BORDER
    assert (size - 17) % 4 == 0
    assert set("".join(found[:BORDER] + found[-BORDER:])) == {"0"}
    inside = [row[BORDER:-BORDER] for row in found[BORDER:-BORDER]]
    assert [row[:7] for row in inside[:7]] == FINDER
    assert [row[-7:] for row in inside[:7]] == FINDER
    assert [row[:7] for row in inside[-7:]] == FINDER


def test_another_address_is_another_code():
    assert code("http://weixin.qq.com/q/1") != code("http://weixin.qq.com/q/2")
    assert code("http://weixin.qq.com/q/1") == code("http://weixin.qq.com/q/1")
