using Tocsin.Crashes.Grouping;
using Tocsin.Diagnosis;
using Tocsin.Ingest;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Records;

/// <summary>A record that is cut, read, redacted, named and diagnosed: everything that needs no catalog, done on the
/// caller's thread.</summary>
internal sealed record PreparedCrash(CrashRecord Record, Fingerprint Fingerprint, Model.Alerts.Diagnosis? Diagnosis)
{
    public static PreparedCrash Of(CrashRecord raw, Redactor redactor, DateTimeOffset now) =>
        Named(new RecordRedaction(redactor).Of(RecordReading.Of(RecordSize.Cut(raw, now))));

    /// <param name="record">Already cut and redacted.</param>
    public static PreparedCrash Named(CrashRecord record)
    {
        Fingerprint print = Grouper.Of(record);
        return new PreparedCrash(record, print, RuleBook.BuiltIn.Diagnose(Evidence.Of(record, print.Culprit)));
    }
}
