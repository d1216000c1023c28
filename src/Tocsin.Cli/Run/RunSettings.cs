namespace Tocsin.Cli.Run;

/// <summary>What the user asked of one supervisor.</summary>
internal sealed record RunSettings
{
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>
    /// As given by --service or OTEL_SERVICE_NAME; null lets the program's own library or the command decide.
    /// </summary>
    public string? GivenService { get; init; }
    public string? Environment { get; init; }
    public string? Release { get; init; }
    public Uri Url { get; init; } = new("http://127.0.0.1:4480");
    public string? Key { get; init; }
    public string? StateDirectory { get; init; }
    public TimeSpan HangTimeout { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan? StopTimeout { get; init; }
    public RestartMode Restart { get; init; }
    public int? MaxRestarts { get; init; }
    public bool Keep { get; init; }

    /// <summary>True when the service name came from --service and the child must be told.</summary>
    public bool NameChild { get; init; }

    public string Service => GivenService ?? ServiceName.Of(Command);
}

internal enum RestartMode
{
    Never,
    OnFailure,
    Always,
}
