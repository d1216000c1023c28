using Tocsin.Bench;
using Tocsin.Bench.Sdk;

return args.FirstOrDefault() switch
{
    "smoke" => await Smoke.Run(args[1..]),
    "aspnet" => await Tocsin.Bench.Sdk.AspNet.Run(args[1..]),
    "sdk" => await SdkSuites.Run(args[1..]),
    "sdk-child" => ChildProgram.Run(args[1..]),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("smoke [--json] [--records N] [--idle SECONDS], aspnet [--json] [--seconds N], "
        + "or sdk [logging] [burst] [outage] [crashloss] [--json] is expected");
    return 2;
}
