namespace SegLossBias;

internal enum StatisticKind
{
    PredictedSize,
    Overlap,
    NegativeLogLikelihood,
    SoftmaxFocal,
    OneVsRestFocal,
}
