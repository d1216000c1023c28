using Tocsin.Model;

namespace Tocsin.Protocols.Shared;

/// <summary>Levels that are numbers.</summary>
internal static class LevelNumber
{
    /// <summary>Syslog's and GELF's 0 (emergency) to 7 (debug).</summary>
    public static byte FromSyslog(int level) => level switch
    {
        0 => Severity.Max,
        1 => Severity.Fatal + 2,
        2 => Severity.Fatal,
        3 => Severity.Error,
        4 => Severity.Warn,
        5 => Severity.Info + 1,
        6 => Severity.Info,
        7 => Severity.Debug,
        _ => Severity.Unknown,
    };

    /// <summary>Below 8 as in syslog, from 10 on as pino and bunyan count: 10 trace, 20 debug … 60 fatal.</summary>
    public static byte From(long level) => level switch
    {
        < 0 => Severity.Unknown,
        < 8 => FromSyslog((int)level),
        < 10 or >= 100 => Severity.Unknown,
        < 20 => Severity.Trace,
        < 30 => Severity.Debug,
        < 40 => Severity.Info,
        < 50 => Severity.Warn,
        < 60 => Severity.Error,
        _ => Severity.Fatal,
    };
}
