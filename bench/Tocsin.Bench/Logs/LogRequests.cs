using System.Text;

namespace Tocsin.Bench.Logs;

/// <summary>What was chosen for one record: all that a query's answer can depend on.</summary>
internal struct LogChoice
{
    /// <summary>Nanoseconds since 1970.</summary>
    public long Time;
    public LogTemplate Template;
    public Needle Needle;
    public byte Service, Level;

    /// <summary>Trace of the request, -1 for none.</summary>
    public short Trace;

    /// <summary>Span of the trace.</summary>
    public byte Span;
    public int Path, User;
    public double Duration;
}

internal enum Needle : byte { None, Word, Part }

/// <summary>
/// The data set, request by request: every request follows from its index alone. A request is what a collector on one of
/// five hosts sends: a thousand records of its twenty services, grouped by service, times rising with some jitter.
/// One thread at a time; the choices and the bytes are valid until the next request.
/// </summary>
internal sealed class LogRequests(int records)
{
    public const int PerRequest = 1000, Hosts = 5, Users = 100_000, Needles = 50;

    private const int Addresses = 10_000, TraceSpan = 23, TracesAtOnce = 2, SpanRecords = 3;
    private const long JitterNanos = 200_000_000;

    public static readonly long Start = new DateTimeOffset(2026, 11, 19, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000_000;
    public static readonly long Day = 86_400_000_000_000;

    /// <summary>In tenths of a percent, DEBUG to FATAL.</summary>
    private static readonly int[] s_levels = [152, 637, 133, 73, 5];
    private static readonly byte[] s_levelOf = [.. s_levels.SelectMany((share, level) => Enumerable.Repeat((byte)level, share))];
    private static readonly byte[] s_serviceOf = [.. Enumerable.Range(0, 20).SelectMany(s => Enumerable.Repeat((byte)s, 6 + 120 / (s + 3)))];

    private static readonly byte[][] s_severity = [.. Wording.Patterns.Select((p, i) => Severity(5 + 4 * i, p.Level))];
    private static readonly byte[][] s_components = [.. Wording.Components.Select(c => OtlpWriter.Attribute(6, "component", c))];
    private static readonly byte[][] s_methods =
        [.. ((string[])["GET", "GET", "GET", "GET", "GET", "POST", "POST", "PUT", "DELETE", "PATCH"])
            .Select(m => OtlpWriter.Attribute(6, "http.request.method", m))];
    private static readonly byte[][] s_statuses =
        [.. Enumerable.Repeat(200L, 12).Concat([201, 201, 204, 304, 400, 401, 404, 409]).Select(Status)];
    private static readonly byte[][] s_failures = [.. ((long[])[500, 502, 503, 504]).Select(Status)];
    private static readonly byte[][] s_paths = [.. Wording.Paths.Select(p => OtlpWriter.Attribute(6, "url.path", p))];
    private static readonly byte[][] s_pathTexts = Utf8(Wording.Paths), s_people = Utf8(Wording.People), s_quoted = Utf8(Wording.Quoted);
    private static readonly byte[][] s_addressTexts = [.. Enumerable.Range(0, Addresses).Select(i => Encoding.UTF8.GetBytes(Address(i)))];
    private static readonly byte[][] s_addresses = [.. Enumerable.Range(0, Addresses).Select(i => OtlpWriter.Attribute(6, "client.address", Address(i)))];
    private static readonly byte[] s_scope = [1 << 3 | 2, 14, 1 << 3 | 2, 12, .. "Shop.Logging"u8];
    private static readonly byte[] s_user = Fixed("user.id", "user-", 5), s_request = Fixed("request.id", "req-", 16);
    private static readonly byte[] s_duration = OtlpWriter.Pair(6, "duration_ms", 9, [4 << 3 | 1]);
    private static readonly byte[][] s_resources = [.. Enumerable.Range(0, 20 * Hosts).Select(i => Resource(Wording.Services[i / Hosts], i % Hosts))];

    private readonly LogChoice[] _choices = new LogChoice[PerRequest];
    private readonly OtlpWriter _writer = new(PerRequest * 1024), _message = new(4096);
    private readonly int[] _order = new int[PerRequest];
    private int _request;

    public static int Count(int records) => (records + PerRequest - 1) / PerRequest;

    public ReadOnlySpan<LogChoice> Choices => _choices.AsSpan(0, Math.Min(PerRequest, records - _request * PerRequest));

    /// <summary>The choices of a request, without its bytes.</summary>
    public void Choose(int request)
    {
        _request = request;
        var dice = new Dice((ulong)request);
        double step = (double)Day / records;
        long first = (long)request * PerRequest;
        for (int i = 0; i < Choices.Length; i++)
        {
            ref LogChoice choice = ref _choices[i];
            long index = first + i;
            long time = (long)(index * step) + (long)((dice.Real() - 0.5) * 2 * JitterNanos);
            choice.Time = Start + Math.Clamp(time, 0, Day - 1);
            choice.Service = s_serviceOf[dice.Next(s_serviceOf.Length)];
            choice.Level = s_levelOf[dice.Next(s_levelOf.Length)];
            LogTemplate[] templates = LogTemplates.All.Of(choice.Service, choice.Level);
            choice.Template = templates[dice.Skewed(templates.Length)];
            choice.Path = dice.Skewed(s_paths.Length);
            choice.User = dice.Skewed(Users);
            choice.Duration = Math.Min(Math.Round(Math.Exp(3.2 + 1.1 * dice.Gaussian()) * 1000) / 1000, 600_000);
            // Two traces are under way at any time; each lasts for about eight records.
            ulong draw = dice.Next();
            choice.Trace = (draw & 1023) < 717 ? (short)(i / TraceSpan * TracesAtOnce + (int)(draw >> 32 & 1)) : (short)-1;
            choice.Span = (byte)(i % TraceSpan / SpanRecords);
            choice.Needle = NeedleAt(index);
        }
    }

    /// <summary>Encodes the request whose choices were made last.</summary>
    public ArraySegment<byte> Encode()
    {
        _writer.Clear();
        var dice = new Dice((ulong)_request ^ 0x5555_0000_0000_0000);
        int count = Choices.Length, host = _request % Hosts;
        SortByService(count);
        for (int i = 0; i < count;)
        {
            int service = _choices[_order[i]].Service;
            int resourceLogs = _writer.Open(1, 4);
            _writer.Raw(s_resources[service * Hosts + host]);
            int scopeLogs = _writer.Open(2, 4);
            _writer.Raw(s_scope);
            for (; i < count && _choices[_order[i]].Service == service; i++)
                Record(_choices[_order[i]], (long)_request * PerRequest + _order[i], ref dice);
            _writer.Close(scopeLogs, 4);
            _writer.Close(resourceLogs, 4);
        }
        return _writer.Request("/v1/logs");
    }

    public static string RequestId(long index) => $"req-{Dice.Mix((ulong)index):x16}";

    public static string TraceId(int request, int trace) => $"{TraceHigh(request, trace):x16}{TraceLow(request, trace):x16}";

    private static ulong TraceHigh(int request, int trace) => Dice.Mix((ulong)request << 16 | (uint)trace | 1UL << 60);

    private static ulong TraceLow(int request, int trace) => Dice.Mix((ulong)request << 16 | (uint)trace | 1UL << 61);

    private Needle NeedleAt(long index)
    {
        long distance = Math.Max(2, records / Needles);
        if (index / distance >= Needles)
            return Needle.None;
        long at = index % distance;
        return at == distance / 3 ? Needle.Word : at == distance * 2 / 3 ? Needle.Part : Needle.None;
    }

    private void SortByService(int count)
    {
        Span<int> starts = stackalloc int[21];
        for (int i = 0; i < count; i++)
            starts[_choices[i].Service + 1]++;
        for (int s = 1; s < starts.Length; s++)
            starts[s] += starts[s - 1];
        for (int i = 0; i < count; i++)
            _order[starts[_choices[i].Service]++] = i;
    }

    private void Record(in LogChoice choice, long index, ref Dice dice)
    {
        Message(choice, ref dice);
        int record = _writer.Open(2, 2);
        _writer.Fixed64(1, (ulong)choice.Time);
        _writer.Raw(s_severity[choice.Level]);
        _writer.Tag(5, 2);
        _writer.Varint((uint)(_message.Length + (_message.Length < 128 ? 2 : 3)));
        _writer.Tag(1, 2);
        _writer.Varint((uint)_message.Length);
        _writer.Raw(_message.Written);
        ulong draw = dice.Next();
        _writer.Raw(s_components[(int)((draw & 0xFFFF) * 30 >> 16)]);
        _writer.Raw(s_methods[(int)((draw >> 16 & 0xFFFF) * 10 >> 16)]);
        _writer.Raw(choice.Level >= 3 ? s_failures[draw >> 32 & 3] : s_statuses[(int)((draw >> 40 & 0xFFFF) * 20 >> 16)]);
        _writer.Raw(s_paths[choice.Path]);
        _writer.Raw(s_user);
        _writer.Decimal((uint)choice.User, 5);
        _writer.Raw(s_request);
        _writer.Hex(Dice.Mix((ulong)index));
        _writer.Raw(s_addresses[dice.Next(Addresses)]);
        _writer.Raw(s_duration);
        Span<byte> real = stackalloc byte[8];
        BitConverter.TryWriteBytes(real, choice.Duration);
        _writer.Raw(real);
        if (choice.Trace >= 0)
        {
            _writer.Id(9, TraceHigh(_request, choice.Trace), TraceLow(_request, choice.Trace));
            _writer.Id(10, Dice.Mix((ulong)_request << 24 | (uint)choice.Trace << 8 | (uint)choice.Span | 1UL << 62));
            _writer.Raw([8 << 3 | 5, 1, 0, 0, 0]);
        }
        _writer.Fixed64(11, (ulong)choice.Time);
        _writer.Close(record, 2);
    }

    private void Message(in LogChoice choice, ref Dice dice)
    {
        _message.Clear();
        foreach (Piece piece in choice.Template.Pieces)
        {
            _message.Raw(piece.Literal);
            if (piece.Variable != Variable.None)
                Fill(piece, ref dice);
        }
        if (choice.Needle == Needle.Word)
            _message.Raw(" near Quetzalcoatlus"u8);
        else if (choice.Needle == Needle.Part)
        {
            _message.Raw(" via ab"u8);
            _message.Hex(dice.Next(), 4);
            _message.Raw("Zyzzogeton"u8);
            _message.Hex(dice.Next(), 4);
        }
    }

    private void Fill(Piece piece, ref Dice dice)
    {
        switch (piece.Variable)
        {
            case Variable.Number:
                _message.Decimal((uint)(dice.Next(s_powers[piece.Size]) >> (int)(dice.Next() & 3)));
                break;
            case Variable.Hex:
                _message.Hex(dice.Next(), piece.Size);
                break;
            case Variable.Milliseconds:
                _message.Decimal((uint)(1 + dice.Skewed(4000)));
                break;
            case Variable.Microseconds:
                _message.Decimal((uint)(20 + dice.Skewed(9000)));
                break;
            case Variable.Address:
                _message.Raw(s_addressTexts[dice.Next(Addresses)]);
                break;
            case Variable.Port:
                _message.Decimal((uint)(1024 + dice.Next(60_000)));
                break;
            case Variable.User:
                _message.Raw(s_people[dice.Next(s_people.Length)]);
                break;
            case Variable.Quoted:
                _message.Raw(s_quoted[dice.Next(s_quoted.Length)]);
                break;
            default:
                _message.Raw(s_pathTexts[dice.Skewed(s_pathTexts.Length)]);
                break;
        }
    }

    private static readonly int[] s_powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    private static byte[][] Utf8(string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static byte[] Status(long status) => OtlpWriter.Attribute(6, "http.response.status_code", status);

    private static string Address(int i) => $"10.{i % 7 + 20}.{i / 100}.{i % 100 + 2}";

    private static byte[] Severity(int number, string text)
    {
        var writer = new OtlpWriter(64);
        writer.Tag(2, 0);
        writer.Varint((uint)number);
        writer.Text(3, text);
        return writer.Written.ToArray();
    }

    /// <summary>The bytes before the last characters of a text value whose length is always the same.</summary>
    private static byte[] Fixed(string key, string start, int more)
    {
        byte[] text = Encoding.UTF8.GetBytes(start);
        return OtlpWriter.Pair(6, key, 2 + text.Length + more, [1 << 3 | 2, (byte)(text.Length + more), .. text]);
    }

    internal static byte[] Resource(string service, int host)
    {
        byte[] inner =
        [
            .. OtlpWriter.Attribute(1, "service.name", service),
            .. OtlpWriter.Attribute(1, "host.name", $"{service}-{host}"),
            .. OtlpWriter.Attribute(1, "deployment.environment", "production"),
            .. OtlpWriter.Attribute(1, "service.version", $"2.{service.Length}.{host}"),
        ];
        var writer = new OtlpWriter(1024);
        writer.Tag(1, 2);
        writer.Varint((uint)inner.Length);
        writer.Raw(inner);
        return writer.Written.ToArray();
    }
}
