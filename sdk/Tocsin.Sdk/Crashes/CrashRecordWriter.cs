using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using TocsinSdk.BlackBox;

namespace TocsinSdk.Crashes;

/// <summary>
/// Writes a crash record (docs/formats/crash-record.md) by hand: no reflection, no LINQ, no allocation beyond strings,
/// because it runs in a process that is going down. One thread at a time.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A JSON writer over a buffer holds nothing to release.")]
internal sealed class CrashRecordWriter(IBufferWriter<byte> target)
{
    private const int MaxText = 8192;

    private readonly Utf8JsonWriter _json = new(
        target, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    private ExceptionMessages? _messages;
    private int _exceptions;

    /// <param name="facts">What to write.</param>
    /// <param name="maxLogs">0 leaves logs, breadcrumbs and activities out.</param>
    /// <param name="onlyType">True writes of the exception its type alone: no code of the application runs.</param>
    public void Write(CrashFacts facts, int maxLogs, bool onlyType)
    {
        (_exceptions, _messages) = (0, facts.Messages);
        _json.Reset(target);
        _json.WriteStartObject();
        _json.WriteString("crashId"u8, facts.CrashId);
        _json.WriteString("class"u8, facts.Class);
        _json.WriteString("time"u8, facts.Time.UtcDateTime);
        WriteIdentity(facts.Box);
        if (facts.Exception is { } exception)
        {
            _json.WritePropertyName("exception"u8);
            WriteException(exception, onlyType, depth: 0);
        }
        else if (facts.Report is { } report)
            WriteReport(report);
        Optional("traceId"u8, facts.TraceId);
        Optional("spanId"u8, facts.SpanId);
        Optional("userId"u8, facts.UserId);
        Optional("requestId"u8, facts.RequestId);
        if (maxLogs > 0)
            WriteLastMoments(facts.Box, maxLogs);
        WriteResources(facts.Resources);
        WriteAttributes(facts.Attributes);
        WriteEvidence(facts.Evidence);
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <summary>The whole record, with fewer logs when it does not fit otherwise.</summary>
    public static byte[] ToBytes(FixedBuffer buffer, CrashFacts facts)
    {
        foreach (var maxLogs in (ReadOnlySpan<int>)[BlackBoxLayout.LogSlots, 16, 0])
        {
            try
            {
                buffer.Clear();
                new CrashRecordWriter(buffer).Write(facts, maxLogs, onlyType: false);
                return buffer.Written.ToArray();
            }
            catch (BufferFullException) when (maxLogs > 0)
            {
                // Again with less.
            }
        }
        throw new BufferFullException();
    }

    private void WriteIdentity(BlackBoxSnapshot box)
    {
        _json.WriteString("service"u8, box.Service);
        Optional("environment"u8, box.Environment);
        Optional("release"u8, box.Release);
        Optional("host"u8, box.Host);
        _json.WriteString("source"u8, "sdk"u8);
        _json.WriteStartObject("process"u8);
        _json.WriteString("runId"u8, box.RunId);
        _json.WriteNumber("pid"u8, box.Pid);
        Optional("command"u8, box.Command);
        Optional("runtime"u8, box.Runtime);
        if (box.StartTime is { } start)
            _json.WriteString("startTime"u8, start.UtcDateTime);
        _json.WriteEndObject();
    }

    private void WriteException(Exception exception, bool onlyType, int depth)
    {
        _exceptions++;
        _json.WriteStartObject();
        _json.WriteString("type"u8, exception.GetType().FullName ?? exception.GetType().Name);
        if (!onlyType)
        {
            Optional("message"u8, _messages is null ? null : Cut(_messages.Of(exception)));
            WriteFrames(new StackTrace(exception, fNeedFileInfo: true).ToString());
            WriteCauses(exception, depth);
        }
        _json.WriteEndObject();
    }

    private void WriteCauses(Exception exception, int depth)
    {
        var aggregate = exception as AggregateException;
        if (depth >= ExceptionMessages.MaxDepth || (aggregate is null && exception.InnerException is null))
            return;
        _json.WriteStartArray("inner"u8);
        if (aggregate is null)
            WriteException(exception.InnerException!, onlyType: false, depth + 1);
        else
            for (var i = 0; i < aggregate.InnerExceptions.Count && _exceptions < ExceptionMessages.MaxExceptions; i++)
                WriteException(aggregate.InnerExceptions[i], onlyType: false, depth + 1);
        _json.WriteEndArray();
    }

    private void WriteFrames(string stack)
    {
        var frames = StackText.Parse(stack);
        if (frames.Count == 0 && stack.Length > 0)
            _json.WriteString("stackText"u8, Cut(stack));
        _json.WriteStartArray("frames"u8);
        foreach (var frame in frames)
        {
            _json.WriteStartObject();
            _json.WriteString("method"u8, Cut(frame.Method));
            Optional("file"u8, frame.File);
            if (frame.Line is { } line)
                _json.WriteNumber("line"u8, line);
            if (frame.Repeated > 1)
                _json.WriteNumber("repeated"u8, frame.Repeated);
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
    }

    private void WriteReport(CrashReport report)
    {
        if (report.ExceptionType is { } type)
        {
            _json.WriteStartObject("exception"u8);
            _json.WriteString("type"u8, type);
            _json.WriteStartArray("frames"u8);
            WriteReportFrames(report.CrashSite);
            _json.WriteEndArray();
            _json.WriteEndObject();
        }
        _json.WriteStartArray("threads"u8);
        foreach (var thread in report.Threads)
        {
            _json.WriteStartObject();
            _json.WriteString("id"u8, thread.Id);
            _json.WriteBoolean("crashed"u8, thread.Crashed);
            Optional("exceptionType"u8, thread.ExceptionType);
            _json.WriteStartArray("frames"u8);
            WriteReportFrames(thread.Frames);
            _json.WriteEndArray();
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
    }

    private void WriteReportFrames(IEnumerable<ReportFrame> frames)
    {
        foreach (var frame in frames)
        {
            _json.WriteStartObject();
            _json.WriteString("method"u8, Cut(frame.Method));
            Optional("module"u8, frame.Module);
            if (frame.IlOffset is { } offset)
                _json.WriteNumber("ilOffset"u8, offset);
            if (frame.Repeated > 1)
                _json.WriteNumber("repeated"u8, frame.Repeated);
            _json.WriteEndObject();
        }
    }

    private void WriteLastMoments(BlackBoxSnapshot box, int maxLogs)
    {
        _json.WriteStartArray("logs"u8);
        for (var i = Math.Max(0, box.Logs.Count - maxLogs); i < box.Logs.Count; i++)
        {
            _json.WriteStartObject();
            _json.WriteString("time"u8, box.Logs[i].Time.UtcDateTime);
            _json.WriteString("level"u8, box.Logs[i].Level);
            _json.WriteString("logger"u8, box.Logs[i].Logger);
            _json.WriteString("message"u8, box.Logs[i].Message);
            Optional("traceId"u8, box.Logs[i].TraceId);
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
        _json.WriteStartArray("breadcrumbs"u8);
        foreach (var crumb in box.Breadcrumbs)
        {
            _json.WriteStartObject();
            _json.WriteString("time"u8, crumb.Time.UtcDateTime);
            _json.WriteString("category"u8, crumb.Category);
            _json.WriteString("message"u8, crumb.Message);
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
        _json.WriteStartArray("activities"u8);
        foreach (var activity in box.Activities)
        {
            _json.WriteStartObject();
            _json.WriteString("name"u8, activity.Name);
            _json.WriteString("traceId"u8, activity.TraceId);
            _json.WriteString("spanId"u8, activity.SpanId);
            _json.WriteString("startTime"u8, activity.StartTime.UtcDateTime);
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
    }

    private void WriteResources(ProcessResources? resources)
    {
        if (resources is null)
            return;
        _json.WriteStartObject("resources"u8);
        Optional("workingSetBytes"u8, resources.WorkingSetBytes);
        Optional("peakWorkingSetBytes"u8, resources.PeakWorkingSetBytes);
        Optional("gcHeapBytes"u8, resources.GcHeapBytes);
        Optional("memoryLimitBytes"u8, resources.MemoryLimitBytes);
        Optional("threadCount"u8, resources.ThreadCount);
        Optional("threadPoolQueue"u8, resources.ThreadPoolQueue);
        if (resources.CpuSeconds is { } cpu)
            _json.WriteNumber("cpuSeconds"u8, cpu);
        _json.WriteEndObject();
    }

    private void WriteAttributes((string Key, string Value)[] attributes)
    {
        if (attributes.Length == 0)
            return;
        _json.WriteStartObject("attributes"u8);
        foreach (var (key, value) in attributes)
            _json.WriteString(key, value);
        _json.WriteEndObject();
    }

    private void WriteEvidence(Evidence[] evidence)
    {
        _json.WriteStartArray("evidence"u8);
        foreach (var (source, detail) in evidence)
        {
            _json.WriteStartObject();
            _json.WriteString("source"u8, source);
            _json.WriteString("detail"u8, detail);
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
    }

    private void Optional(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
            _json.WriteString(name, value);
    }

    private void Optional(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
            _json.WriteNumber(name, number);
    }

    // A surrogate pair cut in half would not be valid UTF-8.
    private static string Cut(string? text)
    {
        if (text is null || text.Length <= MaxText)
            return text ?? "";
        var end = char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText;
        return string.Concat(text.AsSpan(0, end), " …");
    }
}
