using System.Text;
using Tocsin.Model;
using Tocsin.Model.Events;

namespace Tocsin.Ingest.Tests;

public sealed class IngestWriterTests
{
    private const ulong Day = 86_400_000_000_000;

    [Fact]
    public void Fields_and_attributes_arrive_as_written()
    {
        var at = new Pipelines();
        at.Fields(w =>
        {
            w.Field(Fields.Body);
            w.String("hello"u8);
            w.Attribute("n"u8);
            w.Int(7);
            w.Attribute("list"u8);
            if (w.BeginArray())
            {
                w.Double(1.5);
                w.Bool(true);
                w.Null();
                w.EndArray();
            }
            w.Attribute("map"u8);
            if (w.BeginMap())
            {
                w.Attribute("@inner"u8);
                w.Bytes([0xab]);
                w.EndMap();
            }
            w.Attribute("@body"u8);
            w.String("not the body"u8);
        }).ShouldBe("""{"@body":"hello","n":7,"list":[1.5,true,null],"map":{"@inner":"ab"},"@@body":"not the body"}""");
    }

    [Fact]
    public void Resource_and_scope_are_written_once_and_only_with_a_record()
    {
        var at = new Pipelines();
        IngestWriter writer = at.Pipeline.Begin("test", Dataset.Logs);
        foreach (string service in (string[])["empty", "a", "b"])
        {
            writer.BeginResource();
            writer.Attribute("service.name"u8);
            writer.String(Encoding.UTF8.GetBytes(service));
            writer.EndResource();
            for (int scope = 0; scope < 2 && service != "empty"; scope++)
            {
                writer.BeginScope();
                writer.Field(Fields.ScopeName);
                writer.String(Encoding.UTF8.GetBytes($"scope{scope}"));
                writer.EndScope();
                for (int i = 0; i < 2; i++)
                {
                    writer.BeginRow(at.Now, 0, 9, default, default, default);
                    writer.EndRow();
                }
            }
        }
        Encoding.UTF8.GetString(writer.Encoded.Span).Split("empty").Length.ShouldBe(1);
        Encoding.UTF8.GetString(writer.Encoded.Span).Split("scope0").Length.ShouldBe(3);
        at.Commit(writer).Stored.ShouldBe(8);
        at.Stored[4].ShouldContain("""
            "stream":{"service.name":"b","@scope.name":"scope0"}
            """.Trim());
        at.Pipeline.Sources.Snapshot().Select(s => (s.Service, s.Records)).OrderBy(s => s.Service)
            .ShouldBe([("a", 4L), ("b", 4L)]);
    }

    [Fact]
    public void A_missing_time_is_the_observed_time_and_a_missing_observed_time_is_now()
    {
        var at = new Pipelines();
        (long, long) Times(ulong time, ulong observed)
        {
            IngestWriter writer = at.Pipeline.Begin("test", Dataset.Logs);
            writer.BeginRow(time, observed, 0, default, default, default).ShouldBeTrue();
            writer.EndRow();
            var rows = new EventBatchReader(writer.Encoded.Span);
            rows.MoveNext();
            return (rows.Row.Time.UnixNanos, rows.Row.Observed.UnixNanos);
        }

        long now = (long)at.Now;
        Times(0, 0).ShouldBe((now, now));
        Times(0, at.Now - 5).ShouldBe((now - 5, now - 5));
        Times(at.Now - 9, 0).ShouldBe((now - 9, now));
        Times(at.Now - 9, at.Now - 5).ShouldBe((now - 9, now - 5));
        Times(at.Now, ulong.MaxValue).ShouldBe((now, now));
    }

    [Theory]
    [InlineData(-31, "too_old")]
    [InlineData(-29, null)]
    [InlineData(2, "in_future")]
    public void Records_beyond_retention_or_a_day_ahead_are_rejected(int days, string? reason)
    {
        var at = new Pipelines();
        IngestWriter writer = at.Pipeline.Begin("test", Dataset.Logs);
        bool kept = writer.BeginRow(at.Now + (ulong)((long)Day * days), 0, 0, default, default, default);
        if (kept)
            writer.EndRow();
        kept.ShouldBe(reason is null);
        at.Commit(writer).Message
            .ShouldBe(reason is null ? null : $"1 rejected: 1 {reason}");
        at.ShouldBalance();
    }

    [Fact]
    public void A_time_past_the_end_of_time_is_in_the_future()
    {
        var at = new Pipelines();
        IngestWriter writer = at.Pipeline.Begin("test", Dataset.Spans);
        writer.BeginRow(ulong.MaxValue, 0, 0, default, default, default).ShouldBeFalse();
        at.Commit(writer).Rejected.ShouldBe(1);
    }

    [Theory]
    [InlineData(9, "", 9)]
    [InlineData(24, "debug", 24)]
    [InlineData(0, "Warning", 13)]
    [InlineData(0, "INFO2", 10)]
    [InlineData(0, "ERROR4", 20)]
    [InlineData(25, "critical", 21)]
    [InlineData(-1, "CRITICAL", 21)]
    [InlineData(0, "purple", 0)]
    [InlineData(0, "", 0)]
    [InlineData(0, "a word that is much longer than any severity", 0)]
    public void Severity_is_the_number_or_else_what_the_text_says(int number, string text, int severity) =>
        ((int)SeverityText.Resolve(number, Encoding.UTF8.GetBytes(text))).ShouldBe(severity);

    [Fact]
    public void Long_values_are_cut_between_characters_and_counted()
    {
        var at = new Pipelines(new IngestOptions { MaxValueBytes = 8 });
        at.Fields(w =>
        {
            w.Attribute("a"u8);
            w.String("1234567é9"u8);
            w.Attribute("b"u8);
            w.Bytes(new byte[9]);
        }).ShouldBe("""{"a":"1234567","b":"0000000000000000"}""");
        at.Metrics.Total("tocsin_ingest_truncated_values_total").ShouldBe(2);
    }

    [Fact]
    public void Surplus_attributes_are_left_out_and_added_to_the_clients_own_count()
    {
        var at = new Pipelines(new IngestOptions { MaxAttributes = 2 });
        at.Fields(w =>
        {
            w.DroppedAttributes(3);
            for (int i = 0; i < 4; i++)
            {
                w.Attribute("a"u8);
                if (w.BeginMap())
                {
                    w.Attribute("inner attributes do not count"u8);
                    w.Int(i);
                    w.EndMap();
                }
            }
            w.Attribute(""u8);
            w.Int(1);
        }).ShouldBe("""
            {"a":{"inner attributes do not count":0},"a":{"inner attributes do not count":1},"@dropped_attributes_count":6}
            """.Trim());
        at.Metrics.Total("tocsin_ingest_dropped_attributes_total").ShouldBe(3);
    }

    [Fact]
    public void Names_that_are_empty_or_too_long_are_left_out()
    {
        var at = new Pipelines();
        at.Fields(w =>
        {
            w.Attribute(""u8);
            w.Int(1);
            w.Attribute(new byte[2000]);
            w.String("x"u8);
        }).ShouldBe("""{"@dropped_attributes_count":2}""");
    }

    [Fact]
    public void A_record_that_is_too_large_is_rejected_and_the_next_one_is_not()
    {
        var at = new Pipelines(new IngestOptions { MaxRecordBytes = 1000 });
        at.Record(w =>
        {
            for (int i = 0; i < 20; i++)
            {
                w.Attribute("a"u8);
                w.String(new byte[100]);
            }
        }).ShouldBeNull();
        at.Totals.Rejected["record_too_large"].ShouldBe(1);
        at.Record(w => { }).ShouldNotBeNull();
        at.ShouldBalance();
    }

    [Fact]
    public void A_record_that_nests_too_deep_is_rejected_whatever_the_decoder_does_next()
    {
        var at = new Pipelines(new IngestOptions { MaxDepth = 3 });
        at.Record(w => Nest(w, 4)).ShouldBeNull();
        at.Totals.Rejected["too_deep"].ShouldBe(1);
        at.Record(w => Nest(w, 3)).ShouldNotBeNull();
        at.ShouldBalance();

        static void Nest(IngestWriter w, int depth)
        {
            w.Attribute("a"u8);
            if (depth > 0 && w.BeginMap())
            {
                Nest(w, depth - 1);
                w.EndMap();
            }
            else if (depth == 0)
                w.Int(1);
        }
    }

    [Fact]
    public void A_resource_that_breaks_a_rule_takes_its_records_with_it_and_no_others()
    {
        var at = new Pipelines(new IngestOptions { MaxRecordBytes = 1000 });
        IngestWriter writer = at.Pipeline.Begin("test", Dataset.Logs);
        foreach (int size in (int[])[2000, 10])
        {
            writer.BeginResource();
            writer.Attribute("a"u8);
            writer.String(new byte[size]);
            writer.EndResource();
            writer.BeginScope();
            writer.EndScope();
            if (writer.BeginRow(at.Now, 0, 0, default, default, default))
                writer.EndRow();
        }
        IngestOutcome outcome = at.Commit(writer);
        (outcome.Stored, outcome.Rejected).ShouldBe((1, 1));
    }

    [Fact]
    public void A_full_batch_rejects_the_rest()
    {
        var at = new Pipelines(new IngestOptions { MaxBatchBytes = 1000 });
        IngestWriter writer = at.Pipeline.Begin("test", Dataset.Logs);
        int kept = 0;
        for (int i = 0; i < 100; i++)
        {
            if (!writer.BeginRow(at.Now, 0, 0, default, default, default))
                continue;
            writer.EndRow();
            kept++;
        }
        IngestOutcome outcome = at.Commit(writer);
        (outcome.Stored, outcome.Rejected).ShouldBe((kept, 100 - kept));
        kept.ShouldBeInRange(15, 30);
        at.ShouldBalance();
    }

    [Fact]
    public void Invalid_utf8_is_replaced_and_counted()
    {
        var at = new Pipelines();
        at.Fields(w =>
        {
            w.Attribute([(byte)'k', 0xff]);
            w.String([(byte)'a', 0xc3, (byte)'b']);
        }).ShouldBe("{\"k\uFFFD\":\"a\uFFFDb\"}");
        at.Metrics.Total("tocsin_ingest_repaired_text_total").ShouldBe(2);
    }

    [Fact]
    public void Secrets_are_redacted_by_name_and_by_shape_at_any_depth()
    {
        var at = new Pipelines();
        at.Fields(w =>
        {
            w.Field(Fields.Body);
            w.String("login with password=hunter2 ok"u8);
            w.Attribute("user.password"u8);
            w.String("hunter2"u8);
            w.Attribute("pin.token"u8);
            w.Int(1234);
            w.Attribute("has.token"u8);
            w.Bool(true);
            w.Attribute("request"u8);
            if (w.BeginMap())
            {
                w.Attribute("credentials"u8);
                w.BeginMap().ShouldBeFalse();
                w.Attribute("cards"u8);
                if (w.BeginArray())
                {
                    w.String("4111 1111 1111 1111"u8);
                    w.String("fine"u8);
                    w.EndArray();
                }
                w.EndMap();
            }
        }).ShouldBe("""
            {"@body":"login with password=[REDACTED] ok","user.password":"[REDACTED]","pin.token":"[REDACTED]","has.token":true,"request":{"credentials":"[REDACTED]","cards":["[REDACTED]","fine"]}}
            """.Trim());
        at.Metrics.Total("tocsin_ingest_redactions_total").ShouldBe(5);
    }

    [Fact]
    public void A_plain_record_allocates_nothing()
    {
        var at = new Pipelines();
        IngestWriter writer = at.Pipeline.Begin("test", Dataset.Logs);
        Write(writer, 100);
        writer.Reset(writer.Books, Dataset.Logs, Instant.Now(at.Clock), 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Write(writer, 100);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Write(IngestWriter w, int records)
        {
            for (int i = 0; i < records; i++)
            {
                w.BeginRow(at.Now, 0, 0, "WARN"u8, default, default);
                w.Field(Fields.Body);
                w.String("connection to 10.1.2.3:5432 refused after 3000 ms, attempt 3 of 5"u8);
                w.Attribute("http.route"u8);
                w.String("/api/orders/{id}"u8);
                w.Attribute("db.password"u8);
                w.String("x"u8);
                w.EndRow();
            }
        }
    }
}
