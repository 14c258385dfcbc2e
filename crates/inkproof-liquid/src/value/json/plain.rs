//! Plain bytes: those that a JSON string holds as they are. They are found many at once.

use wide::u8x16;

/// The first byte, in UTF-8, of U+100000 to U+10FFFF; lone surrogates are mapped to characters of that range.
pub(super) const SURROGATE: u8 = 0xf4;

/// The end of the run of plain bytes that begins at `start`: a quote, a backslash, a control character, the byte `also`, or the end
/// of the bytes.
#[inline]
pub(super) fn end_of_plain(bytes: &[u8], start: usize, also: u8) -> usize {
    let mut at = start;
    while let Some(chunk) = bytes[at..].first_chunk() {
        let chunk = u8x16::new(*chunk);
        let equals = |byte| chunk.simd_eq(u8x16::splat(byte));
        let is_control = chunk.min(u8x16::splat(0x1f)).simd_eq(chunk);
        let special = (equals(b'"') | equals(b'\\') | equals(also) | is_control).to_bitmask();
        if special != 0 {
            return at + special.trailing_zeros() as usize;
        }
        at += size_of_val(&chunk);
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20) || *byte == also;
    bytes[at..].iter().position(is_special).map_or(bytes.len(), |plain| at + plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_found_at_every_place() {
        for byte in 0..=u8::MAX {
            for also in [b'"', SURROGATE] {
                for place in 0..40 {
                    let mut bytes = [b'a'; 40];
                    bytes[place] = byte;
                    let is_special = byte < 0x20 || [b'"', b'\\', also].contains(&byte);
                    let expected = if is_special { place } else { bytes.len() };
                    for start in 0..=place {
                        assert_eq!(end_of_plain(&bytes, start, also), expected, "{byte} at {place} from {start}");
                    }
                }
            }
        }
    }
}
