namespace SegLossBias.Experiments.Settings;

/// <summary>One network trained with one loss from one seed.</summary>
internal sealed record RunKey(LossSpec Loss, int Seed)
{
    /// <summary>Its folder below <c>runs/</c>.</summary>
    public string FolderName => FormattableString.Invariant($"{Loss.FileName}-seed{Seed}");

    public override string ToString() => FormattableString.Invariant($"{Loss.Label}, seed {Seed}");
}
