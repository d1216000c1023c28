using Tocsin.Bench;
using Tocsin.Bench.Logs;
using Tocsin.Bench.Sdk;

return args.FirstOrDefault() switch
{
    "smoke" => await Smoke.Run(args[1..]),
    "logs" => await LogsSuite.Run(args[1..]),
    "sdk" => await SdkSuites.Run(args[1..]),
    "aspnet-child" => await AspNetServer.Serve(args[1], args[2]),
    "sdk-child" => ChildProgram.Run(args[1..]),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("smoke [--json] [--records N] [--idle SECONDS], "
        + "or sdk [logging] [burst] [outage] [crashloss] [scrape] [aspnet] [--json] is expected");
    return 2;
}
