using Tocsin.Model;

namespace Tocsin.Server.Levels;

/// <summary>From which level on the processes of a service are to log a category and everything below it.</summary>
public sealed record LevelRule
{
    /// <summary>The category that stands for all of them.</summary>
    public const string Everything = "Default";

    public required string Service { get; init; }

    /// <summary>Null: in every environment.</summary>
    public string? Environment { get; init; }

    /// <summary>Beginning of the names of loggers, "Default" for all.</summary>
    public required string Category { get; init; }

    /// <summary>Trace, Debug, Information, Warning, Error, Critical or None.</summary>
    public required string Level { get; init; }
    public required DateTimeOffset SetAt { get; init; }
    public required string SetBy { get; init; }
    public string? Notes { get; init; }

    /// <summary>Null: until it is cleared.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public bool HoldsAt(DateTimeOffset time) => ExpiresAt is null || ExpiresAt > time;

    /// <summary>The level as .NET calls it; null when the word is none in any common dialect.</summary>
    public static string? NameOf(string word) => word.Trim().ToLowerInvariant() is "none" or "off" ? "None"
        : Severity.Parse(word) is { } severity ? Severity.Family(severity) switch
        {
            1 => "Trace",
            2 => "Debug",
            3 => "Information",
            4 => "Warning",
            5 => "Error",
            6 => "Critical",
            _ => null,
        } : null;
}

/// <summary>Somebody set or cleared a level.</summary>
/// <param name="Action">"set" or "cleared".</param>
public sealed record LevelChange(
    DateTimeOffset Time, string Action, string Service, string? Environment, string Category, string Level, string By,
    string? Notes, DateTimeOffset? ExpiresAt);
