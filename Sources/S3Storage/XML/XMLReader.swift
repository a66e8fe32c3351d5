// SPDX-License-Identifier: Apache-2.0

internal import CExpat

/// Reads an XML document piece by piece and reports elements as they end; made for the small vocabulary of S3's answers.
///
/// What comes over the network is hostile until proven otherwise: document type declarations (and with them every entity
/// definition) are refused, and depth, text length and total length are bounded. Not thread-safe; one instance per document.
///
// Invariant: `parser` is created in init, used only by the methods of this object, and freed in deinit; the pointer to
// `state` that expat holds is used only during `XML_Parse`, while `self` keeps `state` alive.
@safe final class XMLReader {
    struct Limits: Sendable {
        var depth = 16
        /// Longest text of one element, in bytes.
        var textByteCount = 64 << 10
        /// Longest document, in bytes.
        var documentByteCount = 16 << 20
    }

    private let parser: OpaquePointer?
    private let state: ParserState
    private let limits: Limits
    private var byteCount = 0

    /// - Parameter handler: Told of each element in document order.
    init(_ handler: any XMLHandler, limits: Limits = Limits()) {
        self.limits = limits
        state = ParserState(handler: handler, limits: limits)
        // SAFETY: nil asks expat to detect the encoding; the result is checked for nil before use.
        unsafe parser = XML_ParserCreate(nil)
        guard let parser = unsafe parser else { return }
        // SAFETY: `parser` was just created; `state` outlives it, since both end with `self`.
        unsafe state.parser = parser
        unsafe XML_SetUserData(parser, Unmanaged.passUnretained(state).toOpaque())
        unsafe XML_SetElementHandler(
            parser,
            { context, name, _ in unsafe ParserState.from(context)?.start(unsafe name) },
            { context, _ in unsafe ParserState.from(context)?.end() }
        )
        unsafe XML_SetCharacterDataHandler(parser) { context, text, count in
            unsafe ParserState.from(context)?.append(text, count: Int(count))
        }
        unsafe XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
            unsafe ParserState.from(context)?.fail("it declares a document type")
        }
    }

    deinit {
        // SAFETY: freed once; expat accepts nil.
        unsafe XML_ParserFree(parser)
    }

    /// What the handler has gathered so far.
    var handler: any XMLHandler { state.handler }

    /// Parses the next piece.
    func feed(_ bytes: [UInt8]) throws(XMLError) {
        byteCount += bytes.count
        guard byteCount <= limits.documentByteCount else {
            throw XMLError(message: "it is longer than \(limits.documentByteCount) bytes")
        }
        try parse(bytes, isFinal: false)
    }

    /// Says that the document is complete.
    func finish() throws(XMLError) {
        try parse([], isFinal: true)
    }

    private func parse(_ bytes: [UInt8], isFinal: Bool) throws(XMLError) {
        guard let parser = unsafe parser else { throw XMLError(message: "there is no memory to read it") }
        // SAFETY: the buffer is valid for the call and its count is passed; expat copies what it keeps. Counts fit Int32, since
        // the document's limit was checked.
        let status = unsafe bytes.withUnsafeBytes { buffer in
            unsafe XML_Parse(
                parser,
                buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(buffer.count),
                isFinal ? 1 : 0
            )
        }
        if let failure = state.failure { throw failure }
        guard status == XML_STATUS_OK else {
            // SAFETY: a live parser; the text is a static string of expat's.
            let reason = unsafe XML_ErrorString(XML_GetErrorCode(parser)).map { unsafe String(cString: $0) }
            let line = unsafe XML_GetCurrentLineNumber(parser)
            throw XMLError(message: "\(reason ?? "it is not well-formed") in line \(line)")
        }
    }
}

/// Gathers what it wants of a document.
protocol XMLHandler {
    /// An element begins; `path` ends with its name, without namespace prefix.
    mutating func start(_ path: [String])
    /// An element ends; `text` is its own character data, without that of its children.
    mutating func end(_ path: [String], text: String)
}

/// A document that is not the XML it should be; the message completes “the answer cannot be read: …”.
struct XMLError: Error, Sendable, CustomStringConvertible {
    let message: String

    var description: String { message }
}

// Invariant: `parser` is set before parsing starts and points to the parser that this object is the user data of.
/// What expat's callbacks work on.
@safe private final class ParserState {
    var handler: any XMLHandler
    var failure: XMLError?
    var parser: OpaquePointer?
    private let limits: XMLReader.Limits
    private var path: [String] = []
    private var texts: [[UInt8]] = []

    init(handler: any XMLHandler, limits: XMLReader.Limits) {
        self.handler = handler
        self.limits = limits
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> ParserState? {
        // SAFETY: the context is the unretained reference given to XML_SetUserData, alive while its parser parses.
        unsafe context.map { unsafe Unmanaged<ParserState>.fromOpaque($0).takeUnretainedValue() }
    }

    func start(_ name: UnsafePointer<CChar>?) {
        guard failure == nil else { return }
        guard path.count < limits.depth else { return fail("its elements are nested more than \(limits.depth) deep") }
        // SAFETY: expat passes a NUL-terminated name valid for the call.
        let qualified = unsafe name.map { unsafe String(cString: $0) } ?? ""
        path.append(qualified.split(separator: ":").last.map(String.init) ?? qualified)
        texts.append([])
        handler.start(path)
    }

    func append(_ text: UnsafePointer<CChar>?, count: Int) {
        guard failure == nil, !texts.isEmpty, count > 0, let text = unsafe text else { return }
        guard texts[texts.count - 1].count + count <= limits.textByteCount else {
            return fail("an element holds more than \(limits.textByteCount) bytes of text")
        }
        // SAFETY: expat passes `count` bytes valid for the call; they are copied.
        unsafe texts[texts.count - 1].append(
            contentsOf: UnsafeRawBufferPointer(start: unsafe text, count: count)
        )
    }

    func end() {
        guard failure == nil, let text = texts.popLast() else { return }
        handler.end(path, text: String(decoding: text, as: UTF8.self))
        path.removeLast()
    }

    func fail(_ message: String) {
        guard failure == nil else { return }
        failure = XMLError(message: message)
        // SAFETY: called from a callback of this parser, where stopping is allowed.
        _ = unsafe XML_StopParser(parser, 0)
    }
}
