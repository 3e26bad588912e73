import Canon
import Support
import Testing

struct `A digest` {
    @Test(.covers("X28"))
    func `reads back what it wrote`() {
        let hex = String(repeating: "0123456789abcdef", count: 4)
        #expect(Digest(hex: hex)?.hex == hex)
        #expect(Digest(bytes: Digest(hex: hex)?.bytes ?? [])?.hex == hex)
    }
}
