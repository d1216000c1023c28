namespace Tocsin.Cli.Tailing;

/// <summary>What `tocsin tail-file` was told.</summary>
internal sealed record TailSettings
{
    public required IReadOnlyList<string> Patterns { get; init; }

    public required Uri Url { get; init; }

    public string? Key { get; init; }

    /// <summary>service.name of everything; null leaves it to the lines, else the file's name.</summary>
    public string? Service { get; init; }

    public LineFormat Format { get; init; }

    /// <summary>Where the positions are kept.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Stop when everything is read and acknowledged.</summary>
    public bool Once { get; init; }

    /// <summary>Files without a position that are there at the start are read from their end.</summary>
    public bool NewOnly { get; init; }

    /// <summary>How often files are looked at.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often patterns are looked at: walking a large tree is no small thing.</summary>
    public TimeSpan Discovery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A record whose trace may go on is handed out when nothing has followed for so long.</summary>
    public TimeSpan JoinWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A file that was renamed away is followed for so long after its last growth.</summary>
    public TimeSpan RotatedWait { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(30);
}
