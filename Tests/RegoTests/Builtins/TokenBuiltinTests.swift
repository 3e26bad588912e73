import Rego
import Support
import Testing

/// RFC 7515 §A.3.1, whose private half signs here.
private let curve: Value = [
    "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
]
private let curvePublic = without("d", curve)
private let secret: Value = ["kty": "oct", "k": "c2VjcmV0"]  // "secret"

private func without(_ key: Value, _ object: Value) -> Value {
    guard case .object(let object) = object else { return object }
    return .object(object.removing(key))
}

private func text(_ value: Value) -> Value { .text(String(decoding: value.json, as: UTF8.self)) }

/// What a call gave, or its error as text.
private func call(_ name: String, _ arguments: Value..., now: Int64 = 0) -> Value {
    Call.answer(name, arguments, now: now)
}

private func signed(_ header: Value, _ claims: Value, _ key: Value) -> Value {
    call("io.jwt.encode_sign", header, claims, key)
}

private func spoilt(_ token: Value, part: Int) -> Value {
    guard case .string(let text) = token else { return token }
    var parts = text.string.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let last = parts[part].popLast()
    parts[part].append(last == "A" ? "B" : "A")
    return .text(parts.joined(separator: "."))
}

private let refused: Value = [false, [:], [:]]

struct `A token` {
    @Test func `that was signed is verified with its key, and not when a character is another`() {
        let claims: Value = ["sub": "me"]
        for (name, key, asked) in [
            ("ES256", curve, text(curvePublic)), ("HS256", secret, "secret"),
            ("HS384", secret, "secret"), ("HS512", secret, "secret"),
        ] {
            let header: Value = ["alg": .text(name), "typ": "JWT"]
            let token = signed(header, claims, key)
            // A policy that signs twice has one token.
            #expect(signed(header, claims, key) == token)
            let verify = "io.jwt.verify_" + name.lowercased()
            #expect(call(verify, token, asked) == true)
            #expect(call(verify, spoilt(token, part: 1), asked) != true)
            #expect(call(verify, spoilt(token, part: 0), asked) != true)
            let field: Value = name == "ES256" ? "cert" : "secret"
            let constraints = Value.object(ObjectValue([.init(key: field, value: asked)]))
            let found = call("io.jwt.decode_verify", token, constraints)
            #expect(found == .array(ArrayValue([true, header, claims])))
        }
    }

    @Test func `verifies under no key of another kind`() {
        let public_ = text(curvePublic)
        // The oldest trick: the public key taken for the secret of an HMAC.
        guard case .string(let known) = public_ else { return }
        let fake: Value = [
            "kty": "oct", "k": .text(base64url(Array(known.string.utf8))),
        ]
        let token = signed(["alg": "HS256"], ["admin": true], fake)
        #expect(call("io.jwt.verify_hs256", token, public_) == true)
        #expect(call("io.jwt.decode_verify", token, ["cert": public_]) == refused)
        #expect(call("io.jwt.verify_es256", token, public_) == false)
        for other in ["rs256", "ps256", "es384", "es512", "eddsa"] {
            let good = signed(["alg": "ES256"], ["admin": true], curve)
            #expect(call("io.jwt.verify_" + other, good, public_) == false)
        }
    }

    @Test func `without an algorithm, with none, or with an unknown one is refused`() {
        // {"alg":"none"} and {"sub":"me"}, without a signature.
        let none: Value = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9."
        let absent: Value = "e30.eyJzdWIiOiJtZSJ9."
        for token in [none, absent] {
            #expect(call("io.jwt.decode_verify", token, ["secret": "secret"]) == refused)
            #expect(call("io.jwt.decode_verify", token, ["cert": text(curvePublic)]) == refused)
        }
        #expect(
            signed(["alg": "none"], [:], secret) == "error: unknown JWS algorithm: none"
        )
    }

    @Test(arguments: [
        (#"{"iss": "us"}"#, #"{"iss": "us"}"#, true),
        (#"{"iss": "them"}"#, #"{"iss": "us"}"#, false), ("{}", #"{"iss": "us"}"#, false),
        (#"{"iss": ["us"]}"#, #"{"iss": "us"}"#, false), (#"{"iss": "them"}"#, "{}", true),
        (#"{"aud": "me"}"#, #"{"aud": "me"}"#, true),
        (#"{"aud": ["you", "me"]}"#, #"{"aud": "me"}"#, true),
        (#"{"aud": "you"}"#, #"{"aud": "me"}"#, false), (#"{"aud": "me"}"#, "{}", false),
        ("{}", #"{"aud": "me"}"#, false), (#"{"aud": 1}"#, #"{"aud": "me"}"#, false),
        (#"{"exp": 11}"#, #"{"time": 10999999999}"#, true),
        (#"{"exp": 11}"#, #"{"time": 11000000000}"#, false),
        (#"{"exp": 100}"#, "{}", true), (#"{"exp": 99}"#, "{}", false),
        (#"{"nbf": 11}"#, #"{"time": 11000000000}"#, true),
        (#"{"nbf": 11}"#, #"{"time": 10999999999}"#, false),
        (#"{"nbf": 99}"#, "{}", true), (#"{"nbf": 100}"#, "{}", false),
        ("{}", #"{"alg": "HS256"}"#, true), ("{}", #"{"alg": "HS512"}"#, false),
    ])
    func `is for whom, and for when, it says`(claims: String, constraints: String, holds: Bool) {
        guard case .object(let asked) = ConstantReader.value(constraints) else { return }
        let token = signed(["alg": "HS256"], ConstantReader.value(claims), secret)
        let found = call(
            "io.jwt.decode_verify",
            token,
            .object(asked.setting("secret", to: "secret")),
            now: 99_500_000_000
        )
        #expect((found[0] == true) == holds)
        #expect(holds || found == refused)
    }

    @Test(arguments: [
        (#"{"secret": "s", "cert": "c"}"#, "failed to parse a JWK"),
        ("{}", "no key constraint"), (#"{"secret": ""}"#, "no key constraint"),
        (#"{"secret": "s", "who": 1}"#, "unknown token validation constraint: who"),
        (#"{"secret": "s", "time": -1}"#, "must not be negative"),
        (#"{"secret": "s", "time": "x"}"#, "must be a number"),
        (#"{"secret": 1}"#, "secret constraint: must be a string"),
    ])
    func `is asked about with known constraints only`(constraints: String, wanted: String) {
        let token = signed(["alg": "HS256"], [:], secret)
        let said = call("io.jwt.decode_verify", token, ConstantReader.value(constraints))
        #expect(said.message.contains(wanted), "\(said)")
    }

    @Test func `is verified with the key that it names, and with no key for something else`() {
        func set(_ keys: Value...) -> Value { text(["keys": .array(ArrayValue(keys))]) }
        func key(_ fields: (Value, Value)...) -> Value {
            guard case .object(var object) = curvePublic else { return .null }
            for (name, value) in fields { object = object.setting(name, to: value) }
            return .object(object)
        }
        let other: Value = [
            "kty": "OKP", "crv": "Ed25519", "kid": "a",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        ]
        let named = signed(["alg": "ES256", "kid": "a"], [:], curve)
        func holds(_ keys: Value) -> Value {
            let found = call("io.jwt.decode_verify", named, ["cert": keys])[0] ?? .null
            #expect(call("io.jwt.verify_es256", named, keys) == found)
            return found
        }
        #expect(holds(set(key(("kid", "a")))) == true)
        #expect(holds(set(key(("kid", "b")))) == true)
        #expect(holds(set(other, key(("kid", "b")))) == false)
        #expect(holds(set(key(("alg", "ES384")))) == false)
        #expect(holds(set(key(("alg", "ECDH-ES")))) == false)
        #expect(holds(set(key(("use", "enc")))) == false)
        #expect(holds(set(key(("use", "sig")))) == true)
        #expect(holds(set()) == false)
    }

    @Test(arguments: [
        (#"{"alg": "HS256", "crit": ["exp"]}"#, false),
        (#"{"alg": "HS256", "crit": ["b64"], "b64": false}"#, false),
        (#"{"alg": "HS256", "other": 1}"#, true),
    ])
    func `that demands what is not understood is refused`(header: String, holds: Bool) {
        let token = signed(ConstantReader.value(header), ["sub": "me"], secret)
        let found = call("io.jwt.decode_verify", token, ["secret": "secret"])
        #expect((found[0] == true) == holds)
    }

    @Test(arguments: [
        ("", "encoded JWT had no period separators"),
        ("a.b", "encoded JWT must have 3 sections, found 2"),
        ("a.b.c.d", "encoded JWT must have 3 sections, found 4"),
        ("e30.e30.x", "JWT signature had invalid encoding"),
        ("e30.e!0.", "JWT payload had invalid encoding: illegal base64 data at input byte 1"),
        ("W10.e30.", "decoded JSON type was not an Object"),
        ("e3.e30.", "invalid JSON"),
        // {"enc":"x"}, and {"a":1,"a":2} in the place of header and payload.
        ("eyJlbmMiOiJ4In0.e30.", "JWT is a JWE object, which is not supported"),
        ("eyJhIjoxLCJhIjoyfQ.e30.", "invalid JSON"), ("e30.eyJhIjoxLCJhIjoyfQ.", "invalid JSON"),
        // {"alg":1}, {"crit":1}, {"crit":[]} and {"crit":[1]}.
        ("eyJhbGciOjF9.e30.", "alg: must be a string"),
        ("eyJjcml0IjoxfQ.e30.", "crit: must be a list"),
        ("eyJjcml0IjpbXX0.e30.", "crit: must be a nonempty list"),
        ("eyJjcml0IjpbMV19.e30.", "crit: must be a list of strings"),
    ])
    func `is malformed in any other form`(token: String, wanted: String) {
        let said = call("io.jwt.decode", .text(token))
        #expect(said.message.contains(wanted), "\(said)")
    }

    @Test func `inside a token is verified as well, and in whatever depth`() {
        var token = signed(["alg": "HS256"], ["sub": "me"], secret)
        for _ in 0..<4 {
            guard case .string = token else { return }
            token = call(
                "io.jwt.encode_sign_raw",
                "{\"alg\":\"HS256\",\"cty\":\"JWT\",\"typ\":\"x\"}",
                token,
                text(secret)
            )
        }
        let found = call("io.jwt.decode_verify", token, ["secret": "secret"])
        #expect(found[2] == ["sub": "me"])
        #expect(call("io.jwt.decode", token)[1] == ["sub": "me"])
        #expect(call("io.jwt.decode_verify", token, ["secret": "secreu"]) == refused)
    }

    @Test func `pays for the size of a key`() {
        func digits(_ count: Int) -> Value {
            .text(base64url([UInt8](repeating: 0xC5, count: count)))
        }
        let half = digits(1024)
        let key: Value = [
            "kty": "RSA", "n": digits(2048), "e": "AQAB", "d": digits(2047), "p": half, "q": half,
            "dp": half, "dq": half, "qi": half,
        ]
        #expect(signed(["alg": "RS256"], [:], key) == "exhausted: steps")
        let slow: Value = ["kty": "RSA", "n": digits(2048), "e": digits(2000)]
        let token = signed(["alg": "ES256"], [:], curve)
        #expect(call("io.jwt.verify_rs256", token, text(slow)) == "exhausted: steps")
    }

    @Test func `pays for every signature`() {
        let token = signed(["alg": "ES256"], [:], curve)
        var context = BuiltinContext(budget: WorkBudget(stepsMax: 5_000, bytesMax: 1 << 20))
        let arguments = [token, text(curvePublic)]
        #expect(throws: BuiltinError.exhausted(.steps)) {
            try BuiltinTable.standard["io.jwt.verify_es256"]?.evaluate(arguments.span, &context)
        }
    }
}

private func base64url(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for place in 0...group.count { text.append(alphabet[bits >> (18 - 6 * place) & 63]) }
    }
    return text
}
