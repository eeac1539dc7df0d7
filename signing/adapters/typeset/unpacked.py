"""A document without its packing, to tell whether two say and show the same; may import pikepdf.

What packs the streams is the machine's own zlib: the same content can come in other bytes.
"""

from __future__ import annotations

import io

import pikepdf


def same_content(one: bytes, other: bytes) -> bool:
    """Whether two documents have equal objects once every stream is unpacked; their identifiers do not count.

    A document that cannot be read is like no other.
    """
    try:
        return _unpacked(one) == _unpacked(other)
    except pikepdf.PdfError:
        return False


def _unpacked(data: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(
            out,
            static_id=True,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return out.getvalue()
