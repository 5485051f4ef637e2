using System.CommandLine;

namespace SegLossBias.Experiments.Commands;

/// <summary>The commands of the program.</summary>
internal static class ProgramCommands
{
    private const string Description =
        """
        Trains the same network once per segmentation loss and seed, from the same initial weights and on the same batches, and
        reports overlap, surface distances and the region-size bias: predicted against true foreground. Without a command it
        compares; without --data it does so on generated fundus-like pictures (a few minutes on two cores).

        --data takes pictures (PNG, JPEG, TIFF; 1 to 16 bits, palettes, float32) or NIfTI volumes in one of the layouts that
        --layout names. Masks hold 0 and 255, or class numbers and 255 for what is ignored: the numbers of a palette, or grey
        values below 32, or of up to 255 classes that classes.txt in the folder names, one a line. Without a folder for
        validation, a seeded 20 % of the training cases validates. Unusable files are named and left out. Every table has the
        last epoch of a run and the one that did best on the validation cases. Ctrl-C ends training after the current step;
        --resume goes on after that or after a kill.
        """;

    private const string DefaultLosses = "CE,Dice,LogDiceCE,RCE(L1)";

    private static readonly Option<string?> Out = new("--out") { HelpName = "DIR", Description = "Output folder (default: a new one below output/)", Recursive = true };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Go on in an output folder: finished runs are kept, interrupted ones continue from their last epoch" };

    public static RootCommand Create()
    {
        var root = Compare(new RootCommand(Description));
        root.Add(Out);
        root.Add(Compare(new Command("compare", "Trains losses × seeds and compares them: tables, significance, figures")));
        root.Add(Ablate());
        root.Add(RunOne());
        root.Add(Plan());
        root.Add(Collect());
        root.Add(Figures());
        return root;
    }

    private static T Compare<T>(T command)
        where T : Command
    {
        var options = new ExperimentOptions(DefaultLosses, null);
        return Training(command, options);
    }

    private static Command Ablate() => Training(
        new Command("ablate", "Trains losses × λ × seeds: the effect of λ (the paper's Figure 3)"),
        new ExperimentOptions("RCE(L1),RCE(KL),DiceCE,LogDiceCE,DBCE", "0.01,0.1,1,10"));

    private static T Training<T>(T command, ExperimentOptions options)
        where T : Command
    {
        Add(command, options.All);
        command.Add(Resume);
        command.SetAction(parsed =>
        {
            var settings = options.Read(parsed);
            var folder = Folder(parsed, settings);
            return Experiment.Run(settings, folder, parsed.GetValue(Resume), report: true, $"the same command with --out '{folder}' --resume");
        });
        return command;
    }

    private static Command RunOne()
    {
        var settings = new Option<string>("--settings") { HelpName = "FILE", Description = "experiment.json of the experiment that the run belongs to", Required = true };
        var loss = new Option<string>("--loss") { HelpName = "LOSS", Description = "One loss of the experiment", Required = true };
        var seed = new Option<int>("--seed") { HelpName = "N", Description = "One seed of the experiment", Required = true, CustomParser = argument => OptionValue.Whole(argument) ?? 0 };
        var data = new Option<string?>("--data") { HelpName = "DIR", Description = "Where the data is on this machine (default: where the experiment has it)" };
        var command = new Command("run", "Trains one run of an experiment into a folder of its own, for schedulers; goes on where an earlier attempt ended") { settings, loss, seed, data };
        command.SetAction(parsed =>
        {
            var all = ResultFolder.Read<ExperimentSettings>(GivenPath.Full("--settings", parsed.GetValue(settings)!));
            if (parsed.GetValue(data) is { } here)
            {
                all = all with { Data = GivenPath.Full("--data", here) };
            }

            SettingsCheck.Check(all);
            var run = new RunKey(LossSpec.Parse(parsed.GetValue(loss)!), parsed.GetValue(seed));
            var folder = parsed.GetValue(Out) ?? throw UserError.Usage("--out: name a folder for this run alone");
            return all.Runs.Contains(run)
                ? Experiment.Run(all with { Losses = [run.Loss], Seeds = [run.Seed] }, GivenPath.Full("--out", folder), resume: true, report: false, "the same command")
                : throw UserError.Usage($"the experiment has no run {run}");
        });
        return command;
    }

    private static Command Plan()
    {
        var options = new ExperimentOptions(DefaultLosses, null);
        var program = new Option<string>("--program")
        {
            HelpName = "COMMAND", Description = "How a worker starts this program, before its arguments",
            DefaultValueFactory = _ => $"dotnet '{typeof(ProgramCommands).Assembly.Location}'",
        };
        var command = new Command("plan", "Writes one command per run, and a Slurm array script and a Kubernetes Job that run them") { program };
        Add(command, options.All);
        command.SetAction(parsed =>
        {
            var settings = options.Read(parsed);
            return Experiment.Plan(settings, Folder(parsed, settings), parsed.GetValue(program)!);
        });
        return command;
    }

    private static Command Collect()
    {
        var folders = new Argument<string[]>("DIR") { Arity = ArgumentArity.OneOrMore, Description = "Result folders, or folders that hold them" };
        var command = new Command("collect", "Merges the results of runs made elsewhere into --out, and reports them") { folders };
        command.SetAction(parsed => Experiment.Collect(
            [.. parsed.GetValue(folders)!.Select(given => GivenPath.Full("DIR", given))],
            GivenPath.Full("--out", parsed.GetValue(Out) ?? throw UserError.Usage("--out: name the folder for the merged results"))));
        return command;
    }

    private static Command Figures()
    {
        var folder = new Argument<string?>("DIR") { Arity = ArgumentArity.ZeroOrOne, Description = "Folder of an experiment, whose tables and figures are made anew" };
        var command = new Command("figures", "Draws the figures of saved results; without DIR, Figures 2 and C.6 of arXiv:2104.08717 from the library's own losses") { folder };
        command.SetAction(parsed => parsed.GetValue(folder) is { } results
            ? Experiment.Report(GivenPath.Full("DIR", results))
            : PaperFigures.Draw(GivenPath.Full("--out", parsed.GetValue(Out) ?? Path.Combine("output", "figures"))));
        return command;
    }

    private static string Folder(ParseResult parsed, ExperimentSettings settings) => parsed.GetValue(Out) is { } given
        ? GivenPath.Full("--out", given)
        : OutputFolder.Unused(Path.GetFullPath(Path.Combine("output", settings.Data is { } data ? new DirectoryInfo(data).Name : "demo")));

    private static void Add(Command command, IReadOnlyList<Option> options)
    {
        foreach (var option in options)
        {
            command.Add(option);
        }
    }
}
