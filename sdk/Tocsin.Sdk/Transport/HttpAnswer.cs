namespace TocsinSdk.Transport;

/// <summary>What came of one request.</summary>
/// <param name="Status">0 when there was no answer.</param>
/// <param name="Outcome">"ok", "refused", "timed out", "503 Service Unavailable": what a person is told.</param>
/// <param name="RetryAfter">What the server asked for; null when it did not.</param>
/// <param name="Rejected">Items the server took the batch without.</param>
internal readonly record struct HttpAnswer(int Status, string Outcome, TimeSpan? RetryAfter = null, long Rejected = 0)
{
    public bool IsAccepted => Status is >= 200 and < 300;

    /// <summary>Sending the same again cannot change anything.</summary>
    public bool IsRejected => Status is 400 or 415 or 422;

    public bool IsTooLarge => Status is 413;
}
