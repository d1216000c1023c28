using System.Globalization;
using System.Text.RegularExpressions;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Logs;

/// <summary>What a field name in a query stands for, and the predicates it gives.</summary>
internal abstract class LogField(string name)
{
    private static readonly Dictionary<string, string[]> s_aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["service"] = ["service.name", "service"],
        ["message"] = ["@body", "message"],
        ["msg"] = ["@body", "msg"],
        ["body"] = ["@body", "body"],
        ["host"] = ["host.name", "host"],
        ["pid"] = ["process.pid", "pid"],
        ["run"] = ["service.instance.id", "run"],
        ["environment"] = ["deployment.environment.name", "deployment.environment", "environment"],
        ["env"] = ["deployment.environment.name", "deployment.environment", "env"],
        ["version"] = ["service.version", "version"],
        ["name"] = ["@name", "name"],
        ["duration"] = ["@duration", "duration"],
        ["kind"] = ["@kind", "kind"],
        ["event"] = ["@event_name", "event"],
        ["scope"] = ["@scope.name", "scope"],
        ["status_code"] = ["@status_code", "status_code"],
        ["status_message"] = ["@status_message", "status_message"],
        ["severity_text"] = ["@severity_text", "severity_text"],
    };

    private static readonly HashSet<string> s_builtIn = new(StringComparer.Ordinal)
    {
        "@body", "@severity_text", "@event_name", "@name", "@kind", "@duration", "@parent_span_id", "@status_code",
        "@status_message", "@trace_state", "@events", "@links", "@flags", "@dropped_attributes_count",
        "@scope.name", "@scope.version", "@schema_url",
    };

    public string Name => name;

    public static LogField Named(string name) => name.ToLowerInvariant() switch
    {
        "level" or "severity" => new LevelField(name),
        "trace" or "trace_id" or "traceid" => new IdField(name, 16, id => new TraceIs(id)),
        "span" or "span_id" or "spanid" => new IdField(name, 8, id => new SpanIs(id)),
        "duration" => new DurationField(name, StoredPath(name)),
        _ => new PlainField(name, StoredPath(name)),
    };

    /// <summary>Where the values of a named field lie.</summary>
    public static FieldPath StoredPath(string name) => new(StoredNames(name));

    /// <summary>The names under which a field may be stored, the first that a record has counts.</summary>
    public static string[] StoredNames(string name)
    {
        if (s_aliases.TryGetValue(name, out string[]? names))
            return names;
        // An attribute whose own name begins with '@' is stored with the '@' doubled.
        return [name.StartsWith('@') && !s_builtIn.Contains(name) ? "@" + name : name];
    }

    /// <param name="value">What was written.</param>
    /// <param name="at">Where, for errors.</param>
    public abstract Predicate Has(string value, int at);

    public abstract Predicate Exactly(string value, int at);

    public abstract Predicate Like(string pattern, int at);

    public abstract Predicate Compare(Comparison comparison, string bound, int at);

    public abstract Predicate Exists();

    public abstract Predicate Regex(string pattern, int at);
}

/// <summary>A field that is looked up by name.</summary>
internal class PlainField(string name, FieldPath path) : LogField(name)
{
    private static readonly string[] s_units = ["ns", "us", "µs", "ms", "s", "m", "h"];

    public override Predicate Has(string value, int at) => new FieldContains(path, value);

    public override Predicate Exactly(string value, int at) => new FieldEquals(path, value);

    public override Predicate Like(string pattern, int at) => new FieldMatches(path, pattern);

    public override Predicate Compare(Comparison comparison, string bound, int at)
    {
        string unit = bound.TrimStart("0123456789.-+".ToCharArray());
        if (unit.Length < bound.Length && s_units.Contains(unit))
            throw new LogQueryException(at, "a plain number, since units are understood for 'duration' only",
                $"'{bound}'");
        return new FieldCompare(path, comparison, bound);
    }

    public override Predicate Exists() => new FieldExists(path);

    public override Predicate Regex(string pattern, int at)
    {
        RegexText.Create(pattern, at);
        return new FieldFits(path, pattern);
    }
}

/// <summary>A span's duration: bounds may carry a unit; without one they are nanoseconds, as stored.</summary>
internal sealed class DurationField(string name, FieldPath path) : PlainField(name, path)
{
    private readonly FieldPath _path = path;

    public override Predicate Has(string value, int at) => new FieldContains(_path, Nanoseconds(value, at));

    public override Predicate Exactly(string value, int at) => new FieldEquals(_path, Nanoseconds(value, at));

    public override Predicate Compare(Comparison comparison, string bound, int at) =>
        new FieldCompare(_path, comparison, Nanoseconds(bound, at));

    private static string Nanoseconds(string value, int at)
    {
        int digits = value.Length - value.TrimStart("0123456789.".ToCharArray()).Length;
        decimal? factor = value[digits..] switch
        {
            "" or "ns" => 1m,
            "us" or "µs" => 1_000m,
            "ms" => 1_000_000m,
            "s" => 1_000_000_000m,
            "m" or "min" => 60_000_000_000m,
            "h" => 3_600_000_000_000m,
            _ => null,
        };
        if (factor is null || digits is 0 or > 15
            || !decimal.TryParse(value[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out decimal number))
            throw new LogQueryException(at, "a duration such as 500ms, 2s or 1.5h", $"'{value}'");
        return decimal.Round(number * factor.Value).ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>Severity: by family name (every dialect's) or number; comparisons go by rank.</summary>
internal sealed class LevelField(string name) : LogField(name)
{
    private const byte FamilySize = 4;
    private static readonly byte[] s_families =
        [Severity.Trace, Severity.Debug, Severity.Info, Severity.Warn, Severity.Error, Severity.Fatal];

    public override Predicate Has(string value, int at)
    {
        (byte min, byte max) = Parse(value, at);
        return new SeverityRange(min, max);
    }

    public override Predicate Exactly(string value, int at) => Has(value, at);

    public override Predicate Like(string pattern, int at)
    {
        string start = pattern.TrimEnd('*');
        List<Predicate> families = [.. s_families
            .Where(f => Severity.Name(f).StartsWith(start, StringComparison.OrdinalIgnoreCase))
            .Select(f => new SeverityRange(f, (byte)(f + FamilySize - 1)))];
        return families.Count switch
        {
            0 => throw Wrong(pattern, at),
            1 => families[0],
            _ => new Or(families),
        };
    }

    public override Predicate Compare(Comparison comparison, string bound, int at)
    {
        (byte min, byte max) = Parse(bound, at);
        // Rows of unknown severity have no rank, so no comparison finds them.
        return comparison switch
        {
            Comparison.Less => new SeverityRange(1, (byte)Math.Max(0, min - 1)),
            Comparison.LessOrEqual => new SeverityRange(1, max),
            Comparison.Greater => new SeverityRange((byte)(max + 1), byte.MaxValue),
            _ => new SeverityRange(Math.Max((byte)1, min), byte.MaxValue),
        };
    }

    public override Predicate Exists() => new SeverityRange(1, byte.MaxValue);

    public override Predicate Regex(string pattern, int at)
    {
        Regex wanted = RegexText.Create(pattern, at);
        List<Predicate> families = [.. s_families.Where(f => wanted.IsMatch(Severity.Name(f)))
            .Select(f => new SeverityRange(f, (byte)(f + FamilySize - 1)))];
        return families.Count == 1 ? families[0] : new Or(families);
    }

    private static (byte Min, byte Max) Parse(string value, int at)
    {
        if (byte.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out byte number)
            && number <= Severity.Max)
            return (number, number);
        if (Severity.Parse(value) is not { } family)
            throw Wrong(value, at);
        return family == Severity.Unknown ? (family, family) : (family, (byte)(family + FamilySize - 1));
    }

    private static LogQueryException Wrong(string value, int at) =>
        new(at, "a level: trace, debug, info, warn, error, fatal or unknown", $"'{value}'");
}

/// <summary>A trace or span id in hexadecimal.</summary>
internal sealed class IdField(string name, int bytes, Func<ReadOnlyMemory<byte>, Predicate> equal) : LogField(name)
{
    public override Predicate Has(string value, int at) =>
        value.Length == 2 * bytes && value.All(char.IsAsciiHexDigit)
            ? equal(Convert.FromHexString(value))
            : throw new LogQueryException(at, $"{2 * bytes} hexadecimal digits", $"'{value}'");

    public override Predicate Exactly(string value, int at) => Has(value, at);

    public override Predicate Like(string pattern, int at) => Has(pattern, at);

    public override Predicate Compare(Comparison comparison, string bound, int at) =>
        throw new LogQueryException(at, $"an id after '{Name}:', not a comparison", $"'{bound}'");

    public override Predicate Exists() => new Not(equal(ReadOnlyMemory<byte>.Empty));

    public override Predicate Regex(string pattern, int at) =>
        throw new LogQueryException(at, $"{2 * bytes} hexadecimal digits", $"'/{pattern}/'");
}
