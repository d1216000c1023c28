namespace Tocsin.Model.Events;

/// <summary>
/// Names of the built-in fields of an event. They start with '@'; an attribute whose own name starts with '@' is stored
/// with the '@' doubled, so the two never collide.
/// </summary>
public static class Fields
{
    // Stream (resource and scope) fields. Resource attributes keep their bare names.
    public static ReadOnlySpan<byte> ScopeName => "@scope.name"u8;
    public static ReadOnlySpan<byte> ScopeVersion => "@scope.version"u8;
    public static ReadOnlySpan<byte> ScopeAttributes => "@scope.attributes"u8; // map
    public static ReadOnlySpan<byte> SchemaUrl => "@schema_url"u8;

    // Log record fields.
    public static ReadOnlySpan<byte> Body => "@body"u8;
    public static ReadOnlySpan<byte> SeverityText => "@severity_text"u8;
    public static ReadOnlySpan<byte> EventName => "@event_name"u8;

    // Span fields. The row's time is the span's start; its severity is Error when the status is error, else Info.
    public static ReadOnlySpan<byte> Name => "@name"u8;
    public static ReadOnlySpan<byte> Kind => "@kind"u8;                   // int, OTLP SpanKind
    public static ReadOnlySpan<byte> Duration => "@duration"u8;           // int, nanoseconds
    public static ReadOnlySpan<byte> ParentSpanId => "@parent_span_id"u8; // bytes, 8
    public static ReadOnlySpan<byte> StatusCode => "@status_code"u8;      // int, 0 unset, 1 ok, 2 error
    public static ReadOnlySpan<byte> StatusMessage => "@status_message"u8;
    public static ReadOnlySpan<byte> TraceState => "@trace_state"u8;
    public static ReadOnlySpan<byte> SpanEvents => "@events"u8;           // array of map {name, time (int ns), attributes (map)}
    public static ReadOnlySpan<byte> SpanLinks => "@links"u8;             // array of map {trace_id, span_id (bytes), attributes (map)}

    public static ReadOnlySpan<byte> DroppedEvents => "@dropped_events_count"u8;
    public static ReadOnlySpan<byte> DroppedLinks => "@dropped_links_count"u8;

    // Both.
    public static ReadOnlySpan<byte> Flags => "@flags"u8;
    public static ReadOnlySpan<byte> DroppedAttributes => "@dropped_attributes_count"u8;
}
