namespace Crasher;

internal enum Treachery
{
    ThrowMessage, HangMessage, ThrowText, HangText,
}

/// <summary>An exception whose own members fail or never return.</summary>
internal sealed class TreacherousException(Treachery how) : Exception
{
    public override string Message => how switch
    {
        Treachery.ThrowMessage => throw new NotSupportedException("no message for you"),
        Treachery.HangMessage => Hang(),
        _ => "readable",
    };

    public override string? StackTrace => how == Treachery.ThrowText ? throw new NotSupportedException("no stack") : base.StackTrace;

    public override string ToString() => how switch
    {
        Treachery.ThrowText => throw new NotSupportedException("no text"),
        Treachery.HangText => Hang(),
        _ => base.ToString(),
    };

    private static string Hang()
    {
        Thread.Sleep(Timeout.Infinite);
        return "";
    }
}
