using System.Text.RegularExpressions;
using Tocsin.Model.Alerts;
using Tocsin.Model.Crashes;

namespace Tocsin.Diagnosis;

/// <summary>One entry of a rule file: when the condition holds, this is the likely cause and these are the next
/// steps.</summary>
internal sealed record Rule
{
    public required string Id { get; init; }
    public required string Family { get; init; }
    public required AlertCategory Category { get; init; }
    public required AlertPriority Severity { get; init; }
    public required RuleCondition When { get; init; }
    public required Template Cause { get; init; }
    public required IReadOnlyList<Template> Steps { get; init; }
    public required IReadOnlyList<CrashRecord> Examples { get; init; }

    /// <summary>A last resort, considered only when nothing else matches.</summary>
    public bool Fallback { get; init; }

    /// <summary>Place in the files, the last of the tie-breakers.</summary>
    public int Order { get; init; }
}

/// <summary>What has to hold. Every part that is given must hold; within a list one entry is enough.</summary>
internal sealed record RuleCondition
{
    public IReadOnlyList<TypePattern> Types { get; init; } = [];

    /// <summary>Words in the message of the exception whose type matched (of any exception when no type is
    /// given).</summary>
    public IReadOnlyList<string> Message { get; init; } = [];

    /// <summary>Like <see cref="Message"/>, but words that appear in many messages and therefore say little.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
    public Regex? MessageRegex { get; init; }
    public IReadOnlyList<CrashClass> Classes { get; init; } = [];

    /// <summary>Words in a method name of the stack.</summary>
    public IReadOnlyList<string> Frames { get; init; } = [];
    public IReadOnlyList<string> Stderr { get; init; } = [];
    public Regex? StderrRegex { get; init; }
    public IReadOnlyList<string> Signals { get; init; } = [];
    public IReadOnlyList<int> ExitCodes { get; init; } = [];

    /// <summary>Used memory is at least this share of the limit.</summary>
    public double? MemoryAbove { get; init; }

    /// <summary>Used memory is known and below this share of the limit.</summary>
    public double? MemoryBelow { get; init; }
    public bool NeedsException => Types.Count > 0 || Message.Count > 0 || Words.Count > 0 || MessageRegex is not null;

    public IEnumerable<string> GroupNames =>
        new[] { MessageRegex, StderrRegex }.OfType<Regex>().SelectMany(r => r.GetGroupNames()).Where(n =>
            !char.IsDigit(n[0]));

    public bool IsEmpty => !NeedsException && Classes.Count == 0 && Frames.Count == 0 && Stderr.Count == 0
        && StderrRegex is null && Signals.Count == 0 && ExitCodes.Count == 0 && MemoryAbove is null
            && MemoryBelow is null;
}
