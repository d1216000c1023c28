using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tocsin.Model;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Expressions;
using Tocsin.Query.Parsing;
using Tocsin.Query.Patterns;
using Tocsin.Query.Pipes;
using Tocsin.Query.Plans;

namespace Tocsin.Query.Tests.Naive;

/// <summary>Whole queries over lists, with nothing clever in it.</summary>
internal sealed class NaiveQuery(Instant from, Instant to)
{
    private List<NaiveRow> _records = [];
    private QueryPlan _plan = null!;

    private bool IsEndless => from.UnixNanos == long.MinValue || to.UnixNanos == long.MaxValue;

    public List<NaiveRow> Run(QueryPlan plan, IEnumerable<NaiveRow> records)
    {
        _records = [.. records];
        _plan = plan;
        List<NaiveRow> rows =
        [
            .. _records.Where(r => r.Record!.Time >= from && (r.Record.Time < to || to.UnixNanos == long.MaxValue))
                .Where(r => r.Matches(plan.Filter)).OrderByDescending(r => r.Record!.Time).ThenByDescending(r => r.Place),
        ];
        foreach (Pipe pipe in plan.Pipes)
            rows = Run(pipe, rows);
        return rows;
    }

    private List<NaiveRow> Run(Pipe pipe, List<NaiveRow> rows) => pipe switch
    {
        WherePipe where => [.. rows.Where(r => NaiveExpression.Of(where.Condition, r) is true)],
        LimitPipe limit => [.. rows.Take((int)limit.Count)],
        ExtendPipe extend => [.. rows.Select(r => extend.Columns.Aggregate(r, (x, c) => x.With(c.Name, NaiveExpression.Of(c.Expression, x))))],
        FieldsPipe { Columns.Count: > 0 } keep => [.. rows.Select(r => new NaiveRow(null, r.Place)
        {
            Time = r.Time,
            Set = keep.Columns.ToDictionary(c => c.Name, c => NaiveExpression.Of(c.Expression, r)),
        })],
        FieldsPipe drop => [.. rows.Select(r => drop.Without.Aggregate(r, (x, name) => x.With(name, null)))],
        SortPipe sort => Sort(sort, rows),
        DedupPipe dedup => [.. rows.DistinctBy(r => Key(dedup.Fields, r))],
        StatsPipe stats => Stats(stats, rows),
        TimechartPipe chart => Timechart(chart, rows),
        TopPipe top => Top(top, rows),
        PatternsPipe patterns => Patterns(patterns, rows),
        FacetsPipe facets => Facets(facets, rows),
        ContextPipe context => Context(context, rows),
        ParsePipe parse => [.. rows.Select(r => Parse(parse, r))],
        _ => throw new ArgumentException(pipe.Verb),
    };

    private static List<NaiveRow> Sort(SortPipe sort, List<NaiveRow> rows)
    {
        IOrderedEnumerable<NaiveRow> sorted = rows.OrderBy(_ => 0);
        foreach (SortKey key in sort.Keys)
            sorted = sorted.ThenBy(r => NaiveExpression.Of(key.Expression, r) is null)
                .ThenBy(r => NaiveExpression.Of(key.Expression, r), Comparer<object?>.Create((a, b) => key.Descending ? NaiveValue.Order(b, a) : NaiveValue.Order(a, b)));
        return [.. sorted];
    }

    /// <summary>Neighbours come from all records, whatever the query chose.</summary>
    private List<NaiveRow> Context(ContextPipe context, List<NaiveRow> rows)
    {
        List<NaiveRow> hits = [.. rows.Where(r => r.Record is not null).Take(ContextPipe.MostHits)];
        var shown = hits.ToDictionary(h => h.Place, h => h.With(ContextPipe.HitColumn, true));
        foreach (NaiveRow hit in hits)
        {
            List<NaiveRow> near =
            [
                .. _records.Where(r => (r.Record!.Service, r.Record.Host) == (hit.Record!.Service, hit.Record.Host) && IsWithinAnHour(r.Time, hit.Time))
                    .OrderBy(r => r.Time).ThenBy(r => r.Place),
            ];
            int at = near.FindIndex(r => r.Place == hit.Place);
            for (int i = Math.Max(0, at - (int)context.Count); i <= Math.Min(near.Count - 1, at + (int)context.Count); i++)
                shown.TryAdd(near[i].Place, near[i].With(ContextPipe.HitColumn, false));
        }
        return [.. shown.Values.OrderByDescending(r => r.Time).ThenByDescending(r => r.Place)];
    }

    private static bool IsWithinAnHour(Instant time, Instant hit)
    {
        Int128 apart = (Int128)time.UnixNanos - hit.UnixNanos, hour = 3_600_000_000_000;
        // The last instant there is bounds nothing.
        return apart >= -hour && (apart < hour || hit.UnixNanos + hour >= long.MaxValue);
    }

    private static string Key(IEnumerable<NamedExpression> keys, NaiveRow row) =>
        string.Join('\u0001', keys.Select(k => NaiveExpression.Of(k.Expression, row)).Select(v => v is null ? "\u0002" : NaiveValue.Text(v)));

    /// <summary>What a group shows: its value, or the text when rows of different types met.</summary>
    private static object? KeyValue(NamedExpression key, IEnumerable<NaiveRow> rows)
    {
        object?[] values = [.. rows.Select(r => NaiveExpression.Of(key.Expression, r))];
        return values.Length == 0 ? null : values.Select(v => v?.GetType()).Distinct().Count() == 1 ? values[0] : NaiveValue.Text(values[0]);
    }

    private static List<NaiveRow> Ordered(IEnumerable<NaiveRow> rows, IEnumerable<string> keys)
    {
        IOrderedEnumerable<NaiveRow> sorted = rows.OrderBy(_ => 0);
        foreach (string key in keys)
            sorted = sorted.ThenBy(r => r.Get(key), Comparer<object?>.Create(NaiveValue.Order))
                .ThenBy(r => NaiveValue.Text(r.Get(key)), Comparer<string>.Create(NaiveValue.OrderText));
        return Numbered(sorted);
    }

    /// <summary>The first row of an answer is the oldest of computed rows.</summary>
    private static List<NaiveRow> Numbered(IEnumerable<NaiveRow> rows) => [.. rows.Select((r, i) => r with { Place = i })];

    private List<NaiveRow> Stats(StatsPipe stats, List<NaiveRow> rows)
    {
        double seconds = IsEndless ? 0 : (double)((Int128)to.UnixNanos - from.UnixNanos) / 1e9;
        List<List<NaiveRow>> groups = [.. rows.GroupBy(r => Key(stats.By, r)).Select(g => g.ToList())];
        if (stats.By.Count == 0 && groups.Count == 0)
            groups.Add([]);
        return Ordered(groups.Select(g => Row(stats.By, stats.Calls, g, seconds)), stats.By.Select(k => k.Name));
    }

    private static NaiveRow Row(Items<NamedExpression> by, Items<AggregateCall> calls, List<NaiveRow> rows, double seconds)
    {
        var row = new NaiveRow(null, 0);
        foreach (NamedExpression key in by)
            row.Set[key.Name] = KeyValue(key, rows);
        foreach (AggregateCall call in calls)
            row.Set[call.Name] = NaiveAggregates.Of(call, rows, seconds);
        return row;
    }

    private List<NaiveRow> Timechart(TimechartPipe chart, List<NaiveRow> rows)
    {
        long step = chart.Span ?? UsualStep();
        object? Step(NaiveRow row) => NaiveFunctions.Bin(row.Get("time"), step);
        Items<NamedExpression> by = chart.By;
        var steps = new List<Instant>();
        Instant[] seen = [.. rows.Select(Step).OfType<Instant>()];
        if (!IsEndless || seen.Length > 0)
        {
            decimal first = IsEndless ? seen.Min().UnixNanos : Math.Floor((decimal)from.UnixNanos / step) * step;
            decimal last = IsEndless ? seen.Max().UnixNanos : Math.Floor((to.UnixNanos - 1m) / step) * step;
            if ((last - first) / step < TimechartPipe.MostSteps)
            {
                for (decimal time = first; time <= last; time += step)
                    steps.Add(new Instant((long)Math.Max(time, long.MinValue)));
            }
        }
        var answer = new List<NaiveRow>();
        foreach (var series in rows.GroupBy(r => Key(by, r)).Select(g => g.ToList()).DefaultIfEmpty([]))
        {
            if (series.Count == 0 && (by.Count > 0 || IsEndless))
                continue;
            ILookup<object?, NaiveRow> ofSteps = series.ToLookup(Step);
            foreach (object? time in steps.Cast<object?>().Concat(ofSteps.Select(g => g.Key)).Distinct())
            {
                NaiveRow row = Row(chart.By, chart.Calls, [.. ofSteps[time]], step / 1e9).With("time", time);
                answer.Add(by.Aggregate(row, (r, key) => r.With(key.Name, KeyValue(key, series))));
            }
        }
        return Ordered(answer, by.Select(k => k.Name).Prepend("time"));
    }

    private static List<NaiveRow> Top(TopPipe top, List<NaiveRow> rows)
    {
        var answer = new List<NaiveRow>();
        rows = [.. rows.Where(r => top.Fields.All(f => NaiveExpression.Of(f.Expression, r) is not null))];
        var parts = rows.GroupBy(r => Key(top.By, r)).ToDictionary(g => g.Key, g => g.ToList());
        foreach (NaiveRow part in Ordered(parts.Select(p => Row(top.By, [], p.Value, 0).With("part", p.Key)), top.By.Select(k => k.Name)))
        {
            List<NaiveRow> all = parts[(string)part.Get("part")!];
            IEnumerable<NaiveRow> counted = all.GroupBy(r => Key(top.Fields, r)).Select(g => Row(top.Fields, [new AggregateCall("count", [], "count")], [.. g], 0));
            answer.AddRange(Ordered(counted, top.Fields.Select(k => k.Name)).OrderByDescending(r => (long)r.Get("count")!).Take((int)top.Most)
                .Select(r => r.With("share", Math.Round((double)(long)r.Get("count")! / all.Count, 4)))
                .Select(r => part.Set.Where(p => p.Key != "part").Aggregate(r, (x, p) => x.With(p.Key, p.Value))));
        }
        return Numbered(answer);
    }

    /// <summary>The shortest step that people use and that makes about sixty of the range.</summary>
    private long UsualStep()
    {
        const long Millisecond = 1_000_000, Second = 1000 * Millisecond, Hour = 3600 * Second;
        long[] steps =
        [
            .. new long[] { 1, 2, 5, 10, 20, 50, 100, 200, 500 }.Select(n => n * Millisecond),
            .. new long[] { 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800 }.Select(n => n * Second),
            .. new long[] { 1, 2, 3, 6, 12, 24, 48, 168 }.Select(n => n * Hour),
        ];
        Int128 range = (Int128)to.UnixNanos - from.UnixNanos, day = 24 * Hour;
        return IsEndless ? Hour : steps.Cast<long?>().FirstOrDefault(s => (Int128)s!.Value * 60 >= range) ?? (long)(((range / 60 + 1) / day + 1) * day);
    }

    private List<NaiveRow> Patterns(PatternsPipe pipe, List<NaiveRow> rows)
    {
        rows = [.. rows.Where(r => r.Get("message") is not null)];
        List<NaiveRow> shaped = [.. rows.Select(r => r.With("pattern", MessagePattern.Of(NaiveValue.Text(r.Get("message")))))];
        Items<NamedExpression> keys = [.. pipe.By, new NamedExpression(new FieldReference("pattern"), "pattern")];
        Expression time = new FieldReference("time");
        Items<AggregateCall> calls =
        [
            new("count", [], "count"), new("max", [new FieldReference("level")], "level"), new("min", [time], "first"),
            new("max", [time], "last"), new("last", [new FieldReference("message")], "example"),
        ];
        List<NaiveRow>? before = Before(pipe);
        return Numbered(Ordered(
            shaped.GroupBy(r => Key(keys, r)).Select(g => Row(keys, calls, [.. g], 0).With("trend", Trend(g))
                .With("new", before is null ? null : before.All(r => Key(keys, r) != g.Key))), keys.Select(k => k.Name))
            .OrderByDescending(r => (long)r.Get("count")!).Take((int)pipe.Most)
            .Select(r => r.With("share", Math.Round((long)r.Get("count")! / (double)rows.Count, 4))));
    }

    private NaiveJson? Trend(IEnumerable<NaiveRow> rows)
    {
        if (IsEndless)
            return null;
        decimal step = Math.Ceiling((to.UnixNanos - (decimal)from.UnixNanos) / 24);
        return new NaiveJson(JsonSerializer.Serialize(Enumerable.Range(0, 24).Select(part => rows.Count(r =>
            r.Get("time") is Instant time && time >= from && time < to && Math.Floor((time.UnixNanos - (decimal)from.UnixNanos) / step) == part))));
    }

    /// <summary>What came to the pipe in the equally long time before, with its pattern; null when nobody can say.</summary>
    private List<NaiveRow>? Before(PatternsPipe pipe)
    {
        int at = _plan.Pipes.ToList().FindIndex(p => ReferenceEquals(p, pipe));
        if (IsEndless || _plan.Pipes.Take(at).Any(p => p is StatsPipe or TimechartPipe or TopPipe or PatternsPipe or FacetsPipe or FieldsPipe { Columns.Count: > 0 }))
            return null;
        var start = new Instant(2 * from.UnixNanos - to.UnixNanos);
        if (!_records.Any(r => r.Record!.Time >= start && r.Record.Time < from))
            return null;
        var front = new QueryPlan(_plan.Filter, [.. _plan.Pipes.Take(at)]);
        return [.. new NaiveQuery(start, from).Run(front, _records).Where(r => r.Get("message") is not null)
            .Select(r => r.With("pattern", MessagePattern.Of(NaiveValue.Text(r.Get("message")))))];
    }

    private static List<NaiveRow> Facets(FacetsPipe pipe, List<NaiveRow> rows)
    {
        var answer = new List<NaiveRow>();
        IEnumerable<string> fields = pipe.Fields.Count > 0 ? pipe.Fields : rows.SelectMany(r => r.Shown()).Distinct();
        foreach (string field in fields.Distinct().Order(StringComparer.Ordinal))
        {
            // A name given twice counts twice.
            int times = Math.Max(1, pipe.Fields.Count(f => f == field));
            Items<NamedExpression> key = [new NamedExpression(new FieldReference(field), "value")];
            answer.AddRange(Ordered(rows.Where(r => r.Get(field) is not null && (pipe.Fields.Count > 0 || r.Shown().Contains(field))).GroupBy(r => Key(key, r))
                .Select(g => Row(key, [new AggregateCall("count", [], "count")], [.. g], 0)), ["value"])
                .OrderByDescending(r => (long)r.Get("count")!).Take((int)pipe.Most)
                .Select(r => r.With("field", field).With("count", (long)r.Get("count")! * times).With("kind", r.Get("value") switch
                {
                    long => "int", Instant => "time", NaiveLevel => "level", NaiveJson => "json", string => "text",
                    var v => v!.GetType() == typeof(bool) ? "bool" : "double",
                })));
        }
        return Numbered(answer);
    }

    private static NaiveRow Parse(ParsePipe pipe, NaiveRow row)
    {
        if (NaiveExpression.Of(pipe.From, row) is not { } value)
            return row;
        string text = NaiveValue.Text(value);
        switch (pipe.Format)
        {
            case RegexFormat regex:
                Match match = Regex.Match(text, regex.Pattern);
                return match.Groups.Values.Where(g => g.Success && !char.IsAsciiDigit(g.Name[0])).Aggregate(row, (r, g) => r.With(g.Name, g.Value));
            case PatternFormat pattern:
                string[] pieces = Regex.Split(pattern.Pattern, "<(\\w+)>");
                var built = string.Concat(pieces.Select((p, i) => i % 2 == 0 ? Regex.Escape(p) : $"(?<{p}>.*{(i == pieces.Length - 2 && pieces[^1] == "" ? "" : "?")})"));
                Match cut = Regex.Match(text, built, RegexOptions.Singleline);
                return cut.Groups.Values.Where(g => g.Success && !char.IsAsciiDigit(g.Name[0]) && g.Name != "_").Aggregate(row, (r, g) => r.With(g.Name, g.Value));
            case LogfmtFormat:
                return Regex.Matches(text, "(?<=^|\\s)([^\\s=\"]+)=(?:\"([^\"]*)\"|(\\S*))")
                    .Aggregate(row, (r, m) => r.With(m.Groups[1].Value, m.Groups[m.Groups[2].Success ? 2 : 3].Value));
            default:
                return JsonOf(text) is { } json ? Flat(row, "", json) : row;
        }
    }

    private static JsonObject? JsonOf(string text)
    {
        try
        {
            return text.StartsWith('{') ? JsonNode.Parse(text) as JsonObject : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static NaiveRow Flat(NaiveRow row, string prefix, JsonObject json) => json.Aggregate(row, (r, property) => property.Value switch
    {
        JsonObject inner => Flat(r, $"{prefix}{property.Key}.", inner),
        JsonArray array => r.With(prefix + property.Key, new NaiveJson(array.ToJsonString())),
        null => r.With(prefix + property.Key, null),
        var value => r.With(prefix + property.Key, value.GetValueKind() switch
        {
            JsonValueKind.Number => value.AsValue().TryGetValue(out long whole) ? (object)whole : value.GetValue<double>(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => value.GetValue<string>(),
        }),
    });
}
