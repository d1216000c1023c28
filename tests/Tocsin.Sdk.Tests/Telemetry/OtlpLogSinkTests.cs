using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using TocsinSdk.Logging;
using TocsinSdk.Redaction;
using TocsinSdk.Telemetry;
using TocsinSdk.Transport;

namespace TocsinSdk.Tests.Telemetry;

public sealed class OtlpLogSinkTests
{
    [Fact]
    public void A_record_carries_every_kind_of_value_under_its_name()
    {
        var attributes = Attributes(Encoded(log => log.LogWarning(
            new EventId(7, "Shipped"), "{OrderId} {Price} {Paid} {Name} {Größe} {Many}",
            -5, 19.99, true, "Ada ☃", "groß", new string('x', 300))));
        attributes["OrderId"].ShouldBe(-5L);
        attributes["Price"].ShouldBe(19.99);
        attributes["Paid"].ShouldBe(true);
        attributes["Name"].ShouldBe("Ada ☃");
        attributes["Größe"].ShouldBe("groß");
        attributes["Many"].ShouldBe(new string('x', 300));
        attributes["event.id"].ShouldBe(7L);
        attributes["log.record.template"].ShouldBe("{OrderId} {Price} {Paid} {Name} {Größe} {Many}");
        attributes["thread.id"].ShouldBe((long)Environment.CurrentManagedThreadId);
    }

    [Theory]
    [InlineData(LogLevel.Trace, 1)]
    [InlineData(LogLevel.Information, 9)]
    [InlineData(LogLevel.Critical, 21)]
    public void A_record_carries_its_severity_as_number_and_text(LogLevel level, int number)
    {
        var record = Encoded(log => log.Log(level, "said")).ShouldHaveSingleItem();
        Single(record, OtlpLog.SeverityNumber).Value.ShouldBe((ulong)number);
        Single(record, OtlpLog.SeverityText).Text.ShouldBe(level.ToString());
    }

    [Fact]
    public void A_record_of_an_exception_names_the_place_in_the_code_it_came_from()
    {
        var attributes = Attributes(Encoded(log =>
        {
            try
            {
                // Thrown by the framework, whose source nobody here knows.
                _ = int.Parse("seven", System.Globalization.CultureInfo.InvariantCulture);
            }
            catch (FormatException e)
            {
                log.LogError(e, "bad order");
            }
        }));
        attributes["exception.type"].ShouldBe("System.FormatException");
        attributes["exception.stacktrace"].ShouldBeOfType<string>().ShouldContain("System.Number.");
        attributes["code.function.name"].ShouldBeOfType<string>().ShouldContain(nameof(OtlpLogSinkTests));
        attributes["code.file.path"].ShouldBeOfType<string>().ShouldEndWith("OtlpLogSinkTests.cs");
        attributes["code.line.number"].ShouldBeOfType<long>().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Records_of_one_thread_carry_the_ids_of_the_span_they_were_logged_in()
    {
        using var first = new Activity("first").SetIdFormat(ActivityIdFormat.W3C);
        using var second = new Activity("second").SetIdFormat(ActivityIdFormat.W3C);
        using var other = new Activity("other").SetIdFormat(ActivityIdFormat.W3C);
        var records = Encoded(log =>
        {
            first.Start();
            log.LogInformation("one");
            second.Start();
            log.LogInformation("two");
            log.LogInformation("two again");
            second.Stop();
            first.Stop();
            log.LogInformation("without");
            other.Start();
            log.LogInformation("other");
            other.Stop();
        });
        records.Select(IdsOf).ShouldBe([Ids(first), Ids(second), Ids(second), "", Ids(other)]);
    }

    private static string Ids(Activity activity) => activity.TraceId.ToHexString() + activity.SpanId.ToHexString();

    private static string IdsOf(byte[] record) => string.Concat(
        Fields(record).Where(f => f.Field is OtlpLog.TraceId or OtlpLog.SpanId)
            .Select(f => Convert.ToHexString(f.Bytes).ToLowerInvariant()));

    private static List<byte[]> Encoded(Action<ILogger> log)
    {
        var provider = new TocsinLoggerProvider(new Redactor(new RedactionOptions()), TimeProvider.System);
        var sink = new Capture();
        provider.Add(sink);
        using var factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(provider));
        provider.Levels.TakeOptions(new LogOptions { Level = LogLevel.Trace });
        log(factory.CreateLogger("Shop"));
        return sink.Records;
    }

    private static Dictionary<string, object> Attributes(List<byte[]> records)
    {
        var found = new Dictionary<string, object>();
        foreach (var attribute in Fields(records.ShouldHaveSingleItem()).Where(f => f.Field == OtlpLog.Attributes))
        {
            var value = Fields(Single(attribute.Bytes, 2).Bytes).ShouldHaveSingleItem();
            found.Add(Single(attribute.Bytes, 1).Text, value.Field switch
            {
                1 => value.Text,
                2 => value.Value == 1,
                3 => (long)value.Value,
                _ => BinaryPrimitives.ReadDoubleLittleEndian(value.Bytes),
            });
        }
        return found;
    }

    private static Part Single(byte[] message, int field) => Fields(message).Where(f => f.Field == field).ShouldHaveSingleItem();

    private static List<Part> Fields(byte[] message)
    {
        var found = new List<Part>();
        var fields = new ProtoFields(message);
        while (fields.Next())
            found.Add(new Part(fields.Field, fields.Value, fields.Content.ToArray()));
        fields.Broken.ShouldBeFalse();
        return found;
    }

    private sealed record Part(int Field, ulong Value, byte[] Bytes)
    {
        public string Text => Encoding.UTF8.GetString(Bytes);
    }

    private sealed class Capture : ILogSink
    {
        public List<byte[]> Records { get; } = [];

        public bool Takes(LogLevel level, string category) => true;

        public void Write(LogEvent e)
        {
            var to = new Utf8Text(64);
            OtlpLogSink.Encode(e, to);
            Records.Add(to.Written.ToArray());
        }
    }
}
