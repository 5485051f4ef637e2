using static System.FormattableString;

namespace SegLossBias.Experiments.Planning;

/// <summary>Writes an experiment as one shell command per run, and scripts that start them on a cluster.</summary>
/// <remarks>
/// All paths are relative to the folder, which may be moved as a whole. Every run has a results folder of its own, so that
/// runs never write to the same one; <see cref="Collector"/> merges them.
/// </remarks>
internal static class Planner
{
    private const string Settings = ResultFolder.SettingsFile;
    private const string Commands = "commands.txt";

    /// <param name="settings">The whole experiment.</param>
    /// <param name="folder">Where the plan goes; may hold the plan of the same experiment, which is replaced.</param>
    /// <param name="command">How a shell in that folder starts this program, for example <c>dotnet /opt/seglossbias/SegLossBias.Experiments.dll</c>.</param>
    /// <returns>The files written, by name.</returns>
    /// <exception cref="UserError">The folder holds another experiment, a run is there twice, or the command is not one line.</exception>
    public static IReadOnlyList<string> Write(ExperimentSettings settings, string folder, string command)
    {
        if (string.IsNullOrWhiteSpace(command) || command.AsSpan().IndexOfAny('\n', '\r') >= 0)
        {
            throw UserError.Usage("the command must be one line that starts this program");
        }

        var runs = settings.Runs.ToArray();
        if (runs.GroupBy(run => run.FolderName).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw UserError.Usage($"{twice.First()} is there {twice.Count()} times; name each loss and seed once");
        }

        if (ResultFolder.HasSettings(folder) && SettingsDifference.Find(ResultFolder.LoadSettings(folder), settings) is { } difference)
        {
            throw new UserError($"{folder} holds another experiment: its {difference.Name} is {difference.One}, not {difference.Other}; choose a new folder");
        }

        OutputFolder.Prepare(folder);
        ResultFolder.SaveSettings(folder, settings);
        File.WriteAllLines(Path.Combine(folder, Commands), runs.Select(run => Line(command, run)));
        File.WriteAllText(Path.Combine(folder, "slurm.sh"), Slurm(settings, runs.Length));
        File.WriteAllText(Path.Combine(folder, "job.yaml"), Kubernetes(settings, runs.Length));
        return [Settings, Commands, "slurm.sh", "job.yaml"];
    }

    /// <summary>Where a run of a plan puts its results, relative to the plan.</summary>
    public static string Part(RunKey run) => $"parts/{run.FolderName}";

    /// <summary>One word for a POSIX shell.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static string Line(string command, RunKey run) =>
        Invariant($"{command} run --settings {Settings} --loss {Quote(run.Loss.Text)} --seed {run.Seed} --out {Quote(Part(run))}");

    private static bool NeedsGpu(ExperimentSettings settings) => settings.Device.StartsWith("cuda", StringComparison.Ordinal);

    private static string Data(ExperimentSettings settings) =>
        settings.Data is null ? "" : $"\n# The data is read from the path that {Settings} names as Data; change it there if it is another one on the cluster.";

    private static string Slurm(ExperimentSettings settings, int runs) => Invariant(
        $$"""
        #!/usr/bin/env bash
        # One array task per line of {{Commands}}. In this folder: sbatch slurm.sh{{Data(settings)}}
        # Once all have ended, collect the folders in parts/. An interrupted task goes on where it was when submitted again.
        #
        # What one run gets; options of sbatch override it.
        #SBATCH --job-name=seglossbias
        #SBATCH --cpus-per-task={{Cores(settings)}}
        #SBATCH --mem=16G
        #SBATCH --time=24:00:00
        {{(NeedsGpu(settings) ? "" : "#")}}#SBATCH --gres=gpu:1
        #SBATCH --array=1-{{runs}}
        #SBATCH --output=slurm-%A_%a.log
        set -eu

        cd "${SLURM_SUBMIT_DIR:-.}"
        line=$(sed -n "${SLURM_ARRAY_TASK_ID}p" {{Commands}})
        echo "$line"
        exec sh -c "$line"

        """);

    private static string Kubernetes(ExperimentSettings settings, int runs) => Invariant(
        $$"""
        # One pod per line of {{Commands}}. Replace the two values marked below, then: kubectl create -f job.yaml{{Data(settings)}}
        # A pod that fails is tried twice more and goes on where it was. Once all have ended, collect the folders in parts/.
        apiVersion: batch/v1
        kind: Job
        metadata:
          generateName: seglossbias-
        spec:
          completionMode: Indexed
          completions: {{runs}}
          parallelism: {{runs}}
          backoffLimitPerIndex: 2
          template:
            spec:
              restartPolicy: Never
              volumes:
                - name: plan
                  persistentVolumeClaim:
                    claimName: REPLACE-WITH-CLAIM  # <- a volume that holds this folder as its root{{(settings.Data is null ? "" : ", and the data")}}
              containers:
                - name: run
                  image: REPLACE-WITH-IMAGE  # <- an image that has this program
                  workingDir: /plan
                  command: ["sh", "-c"]
                  args:
                    - |
                      line=$(sed -n "$((JOB_COMPLETION_INDEX + 1))p" {{Commands}})
                      echo "$line"
                      exec sh -c "$line"
                  resources:
                    requests:
                      cpu: {{Cores(settings)}}
                      memory: 16Gi
                    limits:
                      memory: 16Gi{{(NeedsGpu(settings) ? "\n              nvidia.com/gpu: 1" : "")}}
                  volumeMounts:
                    - name: plan
                      mountPath: /plan

        """);

    private static int Cores(ExperimentSettings settings) => settings.Threads > 0 ? settings.Threads : 4;
}
