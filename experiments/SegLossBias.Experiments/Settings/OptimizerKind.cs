namespace SegLossBias.Experiments.Settings;

internal enum OptimizerKind
{
    Adam,
    Sgd,
}
