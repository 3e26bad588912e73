import COpenSSL

/// A number inside OpenSSL, overwritten when it goes away.
///
/// Only for the few steps of signing that OpenSSL leaves to its caller.
@safe struct BigNumber: ~Copyable {
    let pointer: OpaquePointer

    /// A number given by its digits, most significant byte first.
    ///
    /// It is marked as secret, so that OpenSSL takes its constant-time paths.
    init(secret digits: [UInt8]) {
        guard let made = unsafe BN_bin2bn(digits, Int32(digits.count), nil) else {
            preconditionFailure("OpenSSL could not make a number: the memory is exhausted.")
        }
        unsafe BN_set_flags(made, BN_FLG_CONSTTIME)
        unsafe pointer = made
    }

    deinit { unsafe BN_clear_free(pointer) }
}
