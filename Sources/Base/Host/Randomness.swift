import Glibc
import Synchronization

/// Where unpredictable bytes come from, as a value, so that a test can give the same ones twice.
package struct Randomness: Sendable {
    private let fill: @Sendable (Int) -> [UInt8]

    /// A source that answers with exactly as many bytes as it is asked for.
    package init(_ fill: @escaping @Sendable (Int) -> [UInt8]) { self.fill = fill }

    /// The kernel's generator.
    package static let system = Randomness { count in
        var bytes = [UInt8](repeating: 0, count: count)
        var position = 0
        while position < count {
            // getentropy gives at most 256 bytes at a time.
            let part = min(256, count - position)
            let failed = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe getentropy(buffer.baseAddress.map { unsafe $0 + position }, part)
            }
            precondition(failed == 0, "The kernel gives no random bytes, so nothing can be safe.")
            position += part
        }
        return bytes
    }

    /// The same bytes for the same seed (SplitMix64): for tests and simulations only.
    package static func seeded(_ seed: UInt64) -> Randomness {
        let state = SeededState(seed)
        return Randomness { count in state.bytes(count) }
    }

    /// So many bytes.
    package func bytes(_ count: Int) -> [UInt8] {
        let bytes = fill(count)
        precondition(bytes.count == count, "A source of randomness gives what it is asked for.")
        return bytes
    }

    /// Eight bytes as a number.
    package func number() -> UInt64 {
        bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

private final class SeededState: Sendable {
    private let state: Mutex<UInt64>

    init(_ seed: UInt64) { state = Mutex(seed) }

    func bytes(_ count: Int) -> [UInt8] {
        state.withLock { state in
            var bytes: [UInt8] = []
            while bytes.count < count {
                state &+= 0x9E37_79B9_7F4A_7C15
                var z = state
                z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
                z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
                z ^= z >> 31
                for shift in stride(from: 56, through: 0, by: -8) where bytes.count < count {
                    bytes.append(UInt8(truncatingIfNeeded: z >> UInt64(shift)))
                }
            }
            return bytes
        }
    }
}
