// SPDX-License-Identifier: Apache-2.0

internal import CYaml

/// What libyaml reports, in Swift's terms.
enum YAMLEvent {
    case documentStart, documentEnd
    case mappingStart(anchor: String?)
    case sequenceStart(anchor: String?)
    /// Of a mapping or a sequence.
    case collectionEnd
    /// `isPlain` if its type follows from its text: neither quoted nor tagged.
    case scalar(String, isPlain: Bool, anchor: String?)
    case alias(String)
}

/// Reads the events of a text through libyaml.
enum YAMLEvents {
    static func read(_ bytes: [UInt8], _ handle: (YAMLEvent) throws -> Void) throws {
        // SAFETY: the parser is initialised before its first use and deleted once, after its last; it stays where it was
        // allocated, as libyaml keeps pointers into it.
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { unsafe parser.deallocate() }
        guard unsafe yaml_parser_initialize(parser) == 1 else { throw YAMLError("there is no memory to read YAML") }
        defer { unsafe yaml_parser_delete(parser) }
        // SAFETY: libyaml reads the buffer only inside this closure, for which it is valid, and gets its count.
        try unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
            while try unsafe readEvent(parser, handle) {}
        }
    }

    /// - Returns: Whether more follow.
    private static func readEvent(
        _ parser: UnsafeMutablePointer<yaml_parser_t>,
        _ handle: (YAMLEvent) throws -> Void
    ) throws -> Bool {
        var event = unsafe yaml_event_t()
        // SAFETY: a successful parse fills the event, which is deleted once; a failed one leaves nothing to delete.
        guard unsafe yaml_parser_parse(parser, &event) == 1 else {
            let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "cannot be read"
            throw YAMLError("YAML in line \(unsafe parser.pointee.problem_mark.line + 1): \(problem)")
        }
        defer { unsafe yaml_event_delete(&event) }
        // SAFETY: the member of `data` read is the one that goes with the event's type; texts are copied before deletion.
        switch unsafe event.type {
        case YAML_STREAM_END_EVENT: return false
        case YAML_DOCUMENT_START_EVENT: try handle(.documentStart)
        case YAML_DOCUMENT_END_EVENT: try handle(.documentEnd)
        case YAML_MAPPING_START_EVENT:
            try handle(.mappingStart(anchor: unsafe text(event.data.mapping_start.anchor)))
        case YAML_SEQUENCE_START_EVENT:
            try handle(.sequenceStart(anchor: unsafe text(event.data.sequence_start.anchor)))
        case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT: try handle(.collectionEnd)
        case YAML_ALIAS_EVENT: try handle(.alias(unsafe text(event.data.alias.anchor) ?? ""))
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let value = unsafe String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length),
                as: UTF8.self
            )
            let isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.tag == nil
            try handle(.scalar(value, isPlain: isPlain, anchor: unsafe text(scalar.anchor)))
        default: break
        }
        return true
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        // SAFETY: libyaml ends its names with a zero.
        unsafe pointer.map { unsafe String(cString: $0) }
    }
}
