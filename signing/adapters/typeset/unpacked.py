"""A document without its packing, to tell whether two say and show the same; may import pikepdf.

What packs the streams is the machine's own zlib: the same content can come in other bytes.
"""

from __future__ import annotations

import io
from typing import Any, Final

import pikepdf
from pikepdf.settings import set_qpdf_limits

# Packers differ by hundredths; what is far larger than its like is a stranger's bomb.
_TIMES_AS_LARGE: Final = 2
_LARGEST_STREAM: Final = 64 * 1024 * 1024


def same_content(one: bytes, other: bytes) -> bool:
    """Whether two documents have equal objects once every stream is unpacked; their identifiers do not count.

    A document that cannot be read is like no other. The limits it sets meanwhile are the whole process's.
    """
    if max(len(one), len(other)) > _TIMES_AS_LARGE * min(len(one), len(other)):
        return False
    before: dict[str, Any] = set_qpdf_limits(flate_max_memory=_LARGEST_STREAM, max_stream_filters=1)
    try:
        return _unpacked(one) == _unpacked(other)
    except pikepdf.PdfError:
        return False
    finally:
        set_qpdf_limits(**before)


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
