namespace TocsinSdk.GenAi;

/// <summary>How a scope ended.</summary>
internal enum AiOutcome
{
    Success,
    Error,

    /// <summary>Disposed, and nobody said how it went: left by an exception, or Succeed was forgotten.</summary>
    Abandoned,
}

internal static class AiOutcomes
{
    /// <summary>The value of the label and log field "status".</summary>
    public static string Name(this AiOutcome outcome) => outcome switch
    {
        AiOutcome.Success => "success",
        AiOutcome.Error => "error",
        _ => "abandoned",
    };
}
