using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Records;

/// <param name="Field">JSON path of the field.</param>
/// <param name="Expected">What it should have been.</param>
public sealed record FieldProblem(string Field, string Expected);

/// <summary>What a crash record must have; everything else is optional and only cut to size.</summary>
public static class CrashCheck
{
    /// <summary>Null when the record can be taken.</summary>
    public static FieldProblem? Problem(CrashRecord record)
    {
        if (!IsId(record.CrashId))
            return new FieldProblem("crashId", "\"CRASH-yyyyMMddHHmmss-\" plus 8 to 64 hex digits");
        if (string.IsNullOrWhiteSpace(record.Service))
            return new FieldProblem("service", "the name of the service");
        if (!Enum.IsDefined(record.Class))
            return new FieldProblem("class", "a crash class such as \"unhandled\"");
        if (record.Time.Year < 2000)
            return new FieldProblem("time", "the time of the crash, ISO 8601");
        if (record.Exception is { } thrown && Untyped(thrown, 0))
            return new FieldProblem("exception.type", "the exception's type");
        return null;
    }

    public static bool IsId(string? id) =>
        id is { Length: >= 29 and <= 85 }
        && id.StartsWith("CRASH-", StringComparison.Ordinal)
        && id[20] == '-'
        && id.AsSpan(6, 14).IndexOfAnyExceptInRange('0', '9') < 0
        && id.Skip(21).All(char.IsAsciiHexDigit);

    private static bool Untyped(CrashException exception, int depth) =>
        depth < CrashLimits.ExceptionDepth
        && (string.IsNullOrWhiteSpace(exception.Type) || exception.Inner.Any(i => i is null || Untyped(i, depth + 1)));
}
