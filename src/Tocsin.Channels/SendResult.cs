namespace Tocsin.Channels;

/// <summary>How one attempt to deliver a notification ended.</summary>
public abstract record SendResult
{
    private SendResult()
    {
    }

    /// <param name="Answer">What the remote side said, cut to a few hundred characters.</param>
    public sealed record Sent(string Answer) : SendResult;

    /// <param name="Reason">One sentence without secrets.</param>
    /// <param name="After">How long the remote side asked to be left alone.</param>
    /// <param name="MayHaveArrived">
    /// True when nobody knows whether the remote side took the message (a lost answer). The outbox then tells the end of
    /// the alert even if no attempt is ever confirmed.
    /// </param>
    public sealed record RetryLater(string Reason, TimeSpan? After = null, bool MayHaveArrived = false) : SendResult;

    /// <summary>Trying the same again cannot help.</summary>
    /// <param name="Reason">One sentence without secrets.</param>
    public sealed record Rejected(string Reason) : SendResult;
}
