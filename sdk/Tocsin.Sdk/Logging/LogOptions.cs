using Microsoft.Extensions.Logging;
using TocsinSdk.Configuration;

namespace TocsinSdk;

/// <summary>How the console shows log records.</summary>
public enum ConsoleFormat
{
    /// <summary>Text in development, JSON elsewhere; nothing without a host, whose console is the program's own.</summary>
    Auto,

    /// <summary>Lines for people, in colour on a terminal.</summary>
    Text,

    /// <summary>One JSON object per line, as in the files.</summary>
    Json,

    /// <summary>Nothing; a console provider of the framework stays as it is.</summary>
    None,
}

/// <summary>Log files, console, levels and the verbose ring.</summary>
public sealed class LogOptions
{
    /// <summary>
    /// Least severe level of categories nothing else speaks of. Default null: what the configuration section Logging
    /// says, else Information.
    /// </summary>
    [Live]
    public LogLevel? Level { get; set; }

    /// <summary>
    /// Least severe level by category or its beginning ("Microsoft.EntityFrameworkCore": Warning); stronger than the
    /// configuration section Logging, the longest name wins.
    /// </summary>
    [Live]
    public Dictionary<string, LogLevel> Levels { get; set; } = [];

    /// <summary>
    /// Whether levels set on the Tocsin server for this service count, until they end there; default true. They are
    /// stronger than <see cref="Levels"/> and weaker than <see cref="Tocsin.SetLogLevel"/>.
    /// </summary>
    [Live]
    public bool ServerLevels { get; set; } = true;

    /// <summary>Whether log files are written; default true.</summary>
    public bool Files { get; set; } = true;

    /// <summary>Folder of the log files, relative to the working directory; default "logs".</summary>
    public string LogDirectory { get; set; } = "logs";

    /// <summary>File that takes every record; default "app.log".</summary>
    public string File { get; set; } = "app.log";

    /// <summary>File that takes records from Error on, besides the first; empty for none. Default "error.log".</summary>
    public string ErrorFile { get; set; } = "error.log";

    /// <summary>
    /// In development: file for Trace and Debug, which then stay out of the first; empty for none. Default "debug.log".
    /// </summary>
    public string DebugFile { get; set; } = "debug.log";

    /// <summary>File for the categories security and audit, besides the first; empty for none. Default "security.log".</summary>
    public string SecurityFile { get; set; } = "security.log";

    /// <summary>
    /// File for <see cref="DatabaseCategories"/>, besides the first; empty for none. Default "database.log".
    /// </summary>
    public string DatabaseFile { get; set; } = "database.log";

    /// <summary>Beginnings of the categories that speak of databases.</summary>
    public List<string> DatabaseCategories { get; set; } =
        ["database", "Microsoft.EntityFrameworkCore", "Npgsql", "MySqlConnector", "Microsoft.Data", "StackExchange.Redis"];

    /// <summary>Size in bytes at which a file is put aside and a new one begun; 0 for never. Default 10 MB.</summary>
    public long MaxFileSize { get; set; } = 10_000_000;

    /// <summary>How many files put aside are kept of each; default 5.</summary>
    public int BackupCount { get; set; } = 5;

    /// <summary>Age at which a file is put aside, counted from midnight UTC; zero for never. Default one day.</summary>
    public TimeSpan RollInterval { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Bytes all files put aside may take together, the oldest go first; 0 for no limit. Default 500 MB.</summary>
    public long MaxTotalSize { get; set; } = 500_000_000;

    /// <summary>Whether files put aside are compressed with gzip, in the background; default true.</summary>
    public bool Compress { get; set; } = true;

    /// <summary>What the console shows; default Auto.</summary>
    public ConsoleFormat Console { get; set; } = ConsoleFormat.Auto;

    /// <summary>
    /// Bytes of records that may wait for the disk; beyond, the least severe are dropped first and counted. Default 4 MiB.
    /// </summary>
    public int QueueSize { get; set; } = 4 << 20;

    /// <summary>Whether a full queue makes the logging thread wait instead of dropping records; default false.</summary>
    public bool BlockWhenFull { get; set; }

    /// <summary>
    /// How many records below the level each request remembers, to be written only when it fails, is slow or is debugged;
    /// 0 for none. Default 100.
    /// </summary>
    public int RequestRing { get; set; } = 100;

    /// <summary>Least severe level the ring of a request remembers; default Debug.</summary>
    public LogLevel RequestRingLevel { get; set; } = LogLevel.Debug;

    internal IEnumerable<string> Problems()
    {
        if (QueueSize is < 64 << 10 or > 1 << 30)
            yield return $"Logs.QueueSize is {QueueSize}; expected between 64 KiB and 1 GiB";
        if (MaxFileSize is not 0 and < 1000)
            yield return $"Logs.MaxFileSize is {MaxFileSize}; expected 0 or at least 1000 bytes";
        if (BackupCount is < 0 or > 10_000)
            yield return $"Logs.BackupCount is {BackupCount}; expected between 0 and 10000";
        if (RequestRing is < 0 or > 10_000)
            yield return $"Logs.RequestRing is {RequestRing}; expected between 0 and 10000";
        if (RollInterval < TimeSpan.Zero || (RollInterval > TimeSpan.Zero && RollInterval < TimeSpan.FromMinutes(1)))
            yield return $"Logs.RollInterval is {RollInterval}; expected 0 or at least one minute";
        foreach (var name in (string[])[File, ErrorFile, DebugFile, SecurityFile, DatabaseFile])
            if (name.AsSpan().IndexOfAny('/', '\\') >= 0 || name is "." or "..")
                yield return $"Logs: \"{name}\" is no file name; the folder is Logs.LogDirectory";
        if (Files && string.IsNullOrWhiteSpace(File))
            yield return "Logs.File is empty; expected a name such as app.log (Logs.Files = false writes none)";
    }
}
