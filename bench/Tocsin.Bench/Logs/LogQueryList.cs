using System.Globalization;
using System.Text.Json;

namespace Tocsin.Bench.Logs;

/// <summary>One way to ask: path below the API's prefix, and a check that says what is wrong with the answer, or null.</summary>
internal sealed record LogAsk(string Path, Func<JsonElement, string?> Check);

/// <summary>Milliseconds of another server for the same question over 5 million records, after a restart and warm.</summary>
internal readonly record struct PeerTime(double Warm, double Cold);

/// <param name="AtMost">Target of the warm median, ms.</param>
/// <param name="Asks">The first one that the server knows is measured.</param>
internal sealed record LogCase(string Name, double AtMost, PeerTime VictoriaLogs, PeerTime ClickHouse, params LogAsk[] Asks);

/// <summary>The questions, each with the answer that the generator knows.</summary>
internal sealed class LogQueryList(int records, LogTruth truth)
{
    private const int Error = 3;
    private static readonly string[] s_levels = ["debug", "info", "warn", "error", "fatal"];
    private static readonly string s_day = Range(LogRequests.Start, LogRequests.Start + LogRequests.Day);

    /// <summary>Path of the question for all records of the day.</summary>
    public static string CountAll => Counting("");

    public IReadOnlyList<LogCase> Cases =>
    [
        new("errors per 5 min", 10, new(42, 172), new(53, 103), Histogram("level:error", l => l == Error)),
        new("all per 5 min", 12, new(62, 94), new(60, 88), Histogram("", _ => true)),
        new("rare whole word", 8, new(27, 223), new(206, 515), List(Wording.RareWord, s_day, truth.RareWord, ordered: false)),
        new("rare substring", 60, new(323, 523), new(246, 366), List($"*{Wording.RarePart}*", s_day, truth.RarePart, ordered: false)),
        new("absent substring", 45, new(237, 294), new(181, 269), List($"*{Wording.AbsentPart}*", s_day, [], ordered: false)),
        new("common word, newest 100", 6, new(22, 123), new(63, 119), List(Wording.CommonWord, s_day, truth.CommonWord.Indices)),
        new("common substring, count", 50, new(289, 335), new(195, 507), Count($"*{Wording.CommonPart}*", truth.CommonPart)),
        new("service + level, newest 100", 6, new(25, 143), new(26, 63),
            List($"service:{Wording.Services[LogTruth.Service]} level:error", s_day, truth.ServiceAndLevel.Indices)),
        new("top 10 url.path", 40, new(147, 198), new(602, 690), Top("url.path", truth.PerPath, i => Wording.Paths[i])),
        new("top 10 user.id", 80, new(236, 399), new(643, 751), Top("user.id", truth.PerUser, i => $"user-{i:00000}")),
        new("count by service", 1, new(1.5, 6.7), new(58, 206), ByService()),
        new("p95 of duration_ms by service", 120, new(849, 940), new(634, 625),
            new LogAsk(Query("* | stats p95(duration_ms) by service"), answer => Each(Rows(answer), Wording.Services.Length, (s, value) =>
                Array.IndexOf(Wording.Services, s) is >= 0 and var i && truth.IsP95(i, value)))),
        new("request id", 2, new(5.2, 63), new(26, 54),
            List($"request.id:={LogRequests.RequestId(truth.OneRecord)}", s_day, [truth.OneRecord])),
        new("trace id", 2, new(6, 56), new(14, 28),
            List($"trace_id:{LogRequests.TraceId(truth.TraceRequest, LogTruth.TraceInRequest)}", s_day, truth.OneTrace, ordered: false)),
        new("ERROR newest 100 of 15 minutes", 6, new(54, 151), new(60, 98),
            List("level:error", Range(LogTruth.WindowFrom, LogTruth.WindowTo), truth.ErrorsInWindow.Indices)),
        new("count all", 1, new(1.7, 4.7), new(2.9, 8.6), Count("", records)),
    ];

    public static LogCase Trace(int spans)
    {
        int trace = SpanRequests.Count(spans) / 2 * SpanRequests.TracesPerRequest + 60;
        HashSet<string> expected = [.. Enumerable.Range(0, SpanRequests.SpansOf(trace)).Select(i => SpanRequests.SpanId(trace, i))];
        string? Check(JsonElement answer)
        {
            var found = answer.GetProperty("spans").EnumerateArray().Select(s => s.GetProperty("spanId").GetString()!);
            return expected.SetEquals(found) ? null : "other spans";
        }
        return new("trace by id, its spans", 3, new(36, 164), new(double.NaN, double.NaN),
            new LogAsk($"traces/{SpanRequests.TraceId(trace)}", Check));
    }

    private LogAsk Histogram(string q, Func<int, bool> wanted) => new($"logs/histogram?{Q(q)}&{s_day}&buckets={LogTruth.Buckets}", answer =>
    {
        JsonElement[] buckets = [.. answer.GetProperty("buckets").EnumerateArray()];
        if (buckets.Length != LogTruth.Buckets)
            return $"{buckets.Length} steps instead of {LogTruth.Buckets}";
        for (int i = 0; i < buckets.Length; i++)
        {
            for (int level = 0; level < s_levels.Length; level++)
            {
                long expected = wanted(level) ? truth.PerBucket[i, level] : 0, found = buckets[i].GetProperty(s_levels[level]).GetInt64();
                if (found != expected)
                    return $"step {i}: {found} {s_levels[level]} instead of {expected}";
            }
        }
        return null;
    });

    private static LogAsk Count(string q, long expected) => new(Counting(q), answer =>
    {
        long found = answer.GetProperty("totals").EnumerateObject().Sum(t => t.Value.GetInt64());
        return found == expected ? null : $"{found} instead of {expected}";
    });

    /// <param name="ordered">Otherwise the records are the same, in any order.</param>
    private static LogAsk List(string q, string range, IReadOnlyList<long> expected, bool ordered = true)
    {
        string? Check(JsonElement answer)
        {
            string[] found = [.. answer.GetProperty("items").EnumerateArray()
                .Select(i => i.GetProperty("attributes").GetProperty("request.id").GetString()!)];
            string[] wanted = [.. expected.Select(LogRequests.RequestId)];
            if (found.Length != wanted.Length)
                return $"{found.Length} records instead of {wanted.Length}";
            return (ordered ? found.SequenceEqual(wanted) : found.ToHashSet().SetEquals(wanted)) ? null : "other records";
        }
        return new LogAsk($"logs?{Q(q)}&{range}&limit={Newest.Count}", Check);
    }

    private static LogAsk[] Top(string field, long[] counts, Func<int, string> name)
    {
        Dictionary<string, long> known = Enumerable.Range(0, counts.Length).ToDictionary(name, i => counts[i]);
        long[] top = [.. counts.OrderDescending().Take(10)];
        string? Check(List<(string Value, double Count)> found)
        {
            if (Each(found, top.Length, (value, count) => known.TryGetValue(value, out long expected) && count == expected) is { } wrong)
                return wrong;
            // Values that come equally often may stand for each other.
            return found.Select(f => (long)f.Count).OrderDescending().SequenceEqual(top) ? null : "other values are more frequent";
        }
        return
        [
            new(Query($"* | top 10 {field}"), answer => Check(Rows(answer))),
            new($"logs/fields?q=&{s_day}&field={field}&limit=10", answer => Check(Values(answer))),
        ];
    }

    private LogAsk[] ByService()
    {
        string? Check(List<(string Value, double Count)> found) => Each(found, Wording.Services.Length, (service, count) =>
            Array.IndexOf(Wording.Services, service) is >= 0 and var i && truth.PerService[i] == count);
        return
        [
            new(Query("* | stats count() by service"), answer => Check(Rows(answer))),
            new($"logs/fields?q=&{s_day}&field=service&limit=100", answer => Check(Values(answer))),
        ];
    }

    private static string? Each(List<(string Value, double Number)> found, int expected, Func<string, double, bool> right)
    {
        if (found.Select(f => f.Value).Distinct().Count() != expected)
            return $"{found.Count} values instead of {expected}";
        foreach ((string value, double number) in found)
            if (!right(value, number))
                return string.Create(CultureInfo.InvariantCulture, $"{value}: {number} is wrong");
        return null;
    }

    /// <summary>Rows of the query endpoint: a name and a number, in either order.</summary>
    private static List<(string, double)> Rows(JsonElement answer) => [.. answer.GetProperty("rows").EnumerateArray().Select(row =>
        row[0].ValueKind == JsonValueKind.String ? (row[0].GetString()!, Number(row[1])) : (row[1].GetString()!, Number(row[0])))];

    private static List<(string, double)> Values(JsonElement answer) =>
        [.. answer.GetProperty("values").EnumerateArray().Select(v => (v.GetProperty("value").GetString()!, Number(v.GetProperty("count"))))];

    private static double Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? double.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetDouble();

    private static string Counting(string q) => $"logs/histogram?{Q(q)}&{s_day}&buckets=1";

    private static string Query(string q) => $"query?{Q(q)}&{s_day}";

    private static string Q(string q) => "q=" + Uri.EscapeDataString(q);

    private static string Range(long from, long to) => $"from={from / 1_000_000}&to={to / 1_000_000}";
}
