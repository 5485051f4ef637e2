using System.Diagnostics;
using Spectre.Console;

namespace SegLossBias.Experiments.Reporting;

/// <summary>Shows the runs while they train: bars on a terminal, one line per epoch elsewhere.</summary>
internal static class TrainingProgress
{
    public static bool IsTerminal => AnsiConsole.Profile.Capabilities.Interactive && AnsiConsole.Profile.Capabilities.Ansi;

    /// <param name="runs">How many runs will begin, finished ones not counted.</param>
    /// <param name="epochs">Epochs of each run.</param>
    /// <param name="stepsPerEpoch">Steps of each epoch.</param>
    /// <param name="work">Trains; asks for one progress per run, in order.</param>
    public static void Show(int runs, int epochs, int stepsPerEpoch, Action<Func<string, ITrainingProgress>> work)
    {
        var watch = Stopwatch.StartNew();
        var left = new TimeLeft(runs, epochs, () => watch.Elapsed);
        if (!IsTerminal)
        {
            work(label => new LineProgress(label, epochs, left, Console.Out));
            return;
        }

        AnsiConsole.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = Math.Clamp(AnsiConsole.Profile.Width - 70, 8, 40) },
                new RemainingTimeColumn { Style = Style.Plain })
            .Start(context =>
            {
                var all = context.AddTask($"all {runs} runs (time left at the right)", maxValue: (double)runs * epochs * stepsPerEpoch);
                work(label => new BarProgress(label, epochs, stepsPerEpoch, left, context.AddTask(Markup.Escape(label)), all));
            });
    }
}
