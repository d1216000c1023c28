using System.CommandLine;
using Tocsin.Cli;
using Tocsin.Cli.Run;

Show.PrepareForPipes();

// One verb is one file and one line here.
Command[] verbs =
[
    ServeVerb.Create(),
    RunVerb.Create(),
    LogsVerb.Create(),
    TailVerb.Create(),
    TailFileVerb.Create(),
    QueryVerb.Create(),
    PatternsVerb.Create(),
    FieldsVerb.Create(),
    ViewsVerb.Create(),
    CrashesVerb.Create(),
    AlertsVerb.Create(),
    ChannelsVerb.Create(),
    LevelsVerb.Create(),
    DeleteVerb.Create(),
    CareVerbs.CreateBackup(),
    CareVerbs.CreateRestore(),
    CareVerbs.CreateVerify(),
    DoctorVerb.Create(),
];

var root = new RootCommand("Tocsin: sees every crash, keeps logs and traces, rings the right bell. Without a verb it serves.");
foreach (Command verb in verbs)
    root.Subcommands.Add(verb);
ServeVerb.AddTo(root);
return await root.Parse(args).InvokeAsync();
