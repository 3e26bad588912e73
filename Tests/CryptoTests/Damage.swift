import Canon
import Crypto

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
}
