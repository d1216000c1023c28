using TocsinSdk.Configuration;
using TocsinSdk.GenAi;

namespace TocsinSdk;

/// <summary>Agents, workflows and language models. All of it may change while the process runs.</summary>
[Live]
public sealed class GenAiOptions
{
    /// <summary>
    /// Whether what goes into and comes out of agents and models is kept: redacted, cut, on spans and log records.
    /// Default false, or true when OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT is "true".
    /// </summary>
    public bool CaptureContent { get; set; } = string.Equals(
        Environment.GetEnvironmentVariable("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"), "true",
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Longest input or output kept, in bytes of UTF-8; the rest is cut. Default 4096.</summary>
    public int MaxContentBytes { get; set; } = 4096;

    /// <summary>
    /// Prices that differ from the built-in list or are not in it: key "provider/model", value US dollars per million
    /// tokens as "input output" or "input cachedInput output", such as "2.5 1.25 10".
    /// </summary>
    public Dictionary<string, string> Prices { get; } = [];

    internal IEnumerable<string> Problems()
    {
        if (MaxContentBytes is < 16 or > 1 << 20)
            yield return $"GenAi.MaxContentBytes is {MaxContentBytes}; expected 16 to 1048576";
        foreach (var (model, price) in Prices)
            if (ModelPrice.Parse(price) is null || model.IndexOf('/') is <= 0)
                yield return $"GenAi.Prices \"{model}\" is \"{price}\"; expected a key \"provider/model\" and US dollars "
                    + "per million tokens as \"input output\" or \"input cachedInput output\"";
    }
}
