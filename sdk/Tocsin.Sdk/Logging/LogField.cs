namespace TocsinSdk.Logging;

internal enum FieldKind : byte
{
    Null,
    Text,

    /// <summary>Fits <see cref="LogField.Bits"/> as a long.</summary>
    Integer,

    /// <summary>A finite double; <see cref="LogField.Bits"/> holds its bits.</summary>
    Real,

    /// <summary>Another number (decimal, ulong); its text is a JSON number.</summary>
    Number,

    /// <summary><see cref="LogField.Bits"/> is 0 or 1.</summary>
    Boolean,

    /// <summary>The text is a JSON object or array.</summary>
    Json,
}

/// <summary>
/// One value of an event. Its text lies in the event's buffer (<see cref="LogEvent.TextOf"/>): as it is for
/// <see cref="FieldKind.Text"/>, as JSON for every other kind.
/// </summary>
internal readonly record struct LogField(FieldKey Key, FieldKind Kind, long Bits, int At, int Length);
