namespace Tocsin.Bench.Logs;

/// <summary>Traces, as <see cref="LogRequests"/>: 125 whole ones of five to eleven spans in a request of a thousand.</summary>
internal sealed class SpanRequests(int spans)
{
    public const int PerRequest = 1000, TracesPerRequest = 125;

    private static readonly byte[][] s_names = [.. Wording.Verbs.Concat(Wording.Paths.Take(40).Select(p => "GET " + p)).Select(Name)];
    private static readonly byte[][] s_resources = [.. Wording.Services.Select((s, i) => LogRequests.Resource(s, i % LogRequests.Hosts))];
    private static readonly byte[][] s_methods = [.. ((string[])["GET", "POST"]).Select(m => OtlpWriter.Attribute(9, "http.request.method", m))];
    private static readonly byte[][] s_statuses =
        [.. ((long[])[200, 200, 200, 200, 200, 200, 201, 500]).Select(s => OtlpWriter.Attribute(9, "http.response.status_code", s))];
    private static readonly byte[][] s_peers = [.. Wording.Stores.Select(s => OtlpWriter.Attribute(9, "server.address", $"{s}.internal"))];
    private static readonly byte[][] s_users = [.. Enumerable.Range(0, 20_000).Select(i => OtlpWriter.Attribute(9, "user.id", $"user-{i:00000}"))];

    private readonly OtlpWriter _writer = new(PerRequest * 512);
    private readonly List<Span>[] _byService = [.. Wording.Services.Select(_ => new List<Span>(PerRequest))];

    /// <summary>Requests are whole, so the last one may bring the sum above what was asked for.</summary>
    public static int Count(int spans) => (spans + PerRequest - 1) / PerRequest;

    public static string TraceId(int trace) => $"{High(trace):x16}{Low(trace):x16}";

    public static string SpanId(int trace, int span) => $"{Id(trace, span):x16}";

    /// <summary>Five to eleven, eight in the mean; the last six of a request have eight.</summary>
    public static int SpansOf(int trace) => trace % TracesPerRequest >= 119 ? 8 : 5 + trace % TracesPerRequest % 7;

    public ArraySegment<byte> Make(int request)
    {
        var dice = new Dice((uint)request | 1UL << 59);
        double step = (double)LogRequests.Day / Count(spans) / TracesPerRequest;
        foreach (List<Span> list in _byService)
            list.Clear();
        for (int i = 0; i < TracesPerRequest; i++)
        {
            int trace = request * TracesPerRequest + i, size = SpansOf(trace);
            ulong start = (ulong)(LogRequests.Start + (long)(trace * step));
            for (int span = 0; span < size; span++)
            {
                // A child lies inside its parent: it begins later and has the rest of the parent's time at most.
                ulong duration = (ulong)((size - span) * 4_000_000 + dice.Next(1_000_000));
                _byService[span == 0 ? 0 : dice.Next(_byService.Length)]
                    .Add(new Span(trace, span, span == 0 ? -1 : (span - 1) / 2, start + (ulong)span * 1_000_000, duration));
            }
        }
        _writer.Clear();
        for (int service = 0; service < _byService.Length; service++)
        {
            int resourceSpans = _writer.Open(1, 4);
            _writer.Raw(s_resources[service]);
            int scopeSpans = _writer.Open(2, 4);
            foreach (Span span in _byService[service])
                Write(span, ref dice);
            _writer.Close(scopeSpans, 4);
            _writer.Close(resourceSpans, 4);
        }
        return _writer.Request("/v1/traces");
    }

    private void Write(in Span span, ref Dice dice)
    {
        int message = _writer.Open(2, 2);
        _writer.Id(1, High(span.Trace), Low(span.Trace));
        _writer.Id(2, Id(span.Trace, span.Number));
        if (span.Parent >= 0)
            _writer.Id(4, Id(span.Trace, span.Parent));
        _writer.Raw(s_names[dice.Next(s_names.Length)]);
        _writer.Tag(6, 0);
        _writer.Varint(span.Parent < 0 ? 2u : 1u);
        _writer.Fixed64(7, span.Start);
        _writer.Fixed64(8, span.Start + span.Duration);
        int status = dice.Next(s_statuses.Length);
        _writer.Raw(s_methods[dice.Next(2)]);
        _writer.Raw(s_statuses[status]);
        _writer.Raw(s_peers[dice.Next(s_peers.Length)]);
        _writer.Raw(s_users[dice.Next(s_users.Length)]);
        if (status == s_statuses.Length - 1)
            _writer.Raw([15 << 3 | 2, 2, 3 << 3, 2]);
        _writer.Close(message, 2);
    }

    private static ulong High(int trace) => Dice.Mix((uint)trace | 1UL << 57);

    private static ulong Low(int trace) => Dice.Mix((uint)trace | 1UL << 56);

    private static ulong Id(int trace, int span) => Dice.Mix((ulong)(uint)trace << 4 | (uint)span | 1UL << 55);

    private static byte[] Name(string name)
    {
        var writer = new OtlpWriter(256);
        writer.Text(5, name);
        return writer.Written.ToArray();
    }

    private readonly record struct Span(int Trace, int Number, int Parent, ulong Start, ulong Duration);
}
