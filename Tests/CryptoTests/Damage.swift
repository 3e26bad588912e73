import Canon
import Crypto
import Support

/// The code of the fault that the work ends with, or a word for none.
func code(_ work: () throws -> Void) -> String {
    do {
        try work()
        return "accepted"
    } catch let fault as any Fault {
        return fault.code
    } catch {
        return "\(error)"
    }
}

extension [UInt8] {
    /// The bytes with one bit turned over.
    func flipped(at index: Int, bit: UInt8 = 1) -> [UInt8] {
        var out = self
        out[index] ^= bit
        return out
    }

    /// The bytes with one piece of text put in the place of another.
    func replacing(_ old: String, with new: String) -> [UInt8] {
        guard let range = firstRange(of: Array(old.utf8)) else {
            preconditionFailure("\(old) does not stand in the bytes.")
        }
        return Array(self[..<range.lowerBound] + Array(new.utf8) + self[range.upperBound...])
    }

    /// One of the ways in which a stranger or a disk damages bytes.
    func mutated(by generator: inout Generator) -> [UInt8] {
        var out = self
        let place = generator.int(0...Swift.max(0, count - 1))
        switch generator.int(0...5) {
        case 0: out[place] ^= 1 << UInt8(generator.int(0...7))
        case 1: out[place] = UInt8(generator.int(0...255))
        case 2: out.remove(at: place)
        case 3: out.insert(UInt8(generator.int(0...255)), at: place)
        case 4: out = Array(out[..<place])
        default:
            let other = generator.int(0...count - 1)
            out.replaceSubrange(
                Swift.min(place, other)..<Swift.max(place, other),
                with: self[Swift.min(place, other)..<Swift.max(place, other)].reversed()
            )
        }
        return out
    }
}
