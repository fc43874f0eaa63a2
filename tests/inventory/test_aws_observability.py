from __future__ import annotations

from tests.inventory.aws_template import Built, built

from casemate.model.setting import Defaulted
from casemate.model.store import Store
from casemate.model.workflow import Monitor


def _built(text: str) -> Built:
    return built(text, "observability")


def test_log_groups() -> None:
    inventory = _built("""
Resources:
  Short: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 14, KmsKeyId: !Ref "AWS::AccountId"}}
  Forever: {Type: AWS::Logs::LogGroup}
""")
    short, forever = inventory.one(Store, "Short"), inventory.one(Store, "Forever")
    assert short.retention_days is not None
    assert short.retention_days.value == 14
    assert short.encryption is not None
    assert short.encryption.value == "customer"
    assert isinstance(forever.retention_days, Defaulted)
    assert forever.retention_days.value is None
    assert forever.encryption is not None
    assert forever.encryption.value == "default"


def test_alarms_watch_what_their_dimensions_name() -> None:
    inventory = _built("""
Resources:
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      MetricName: Errors
      Dimensions: [{Name: FunctionName, Value: !Ref F}]
  Query:
    Type: AWS::CloudWatch::Alarm
    Properties:
      ActionsEnabled: false
      Metrics:
        - {Id: a, Expression: b*2}
        - {Id: b, MetricStat: {Metric: {MetricName: Throttles, Dimensions: [{Name: FunctionName, Value: !Ref F}]}}}
  F: {Type: AWS::Lambda::Function}
""")
    errors, query = inventory.one(Monitor, "Errors"), inventory.one(Monitor, "Query")
    assert (errors.kind, errors.metric, query.metric) == ("alarm", "Errors", "Throttles")
    assert [link.target for link in (*errors.watches, *query.watches)] == ["template.yaml#F", "template.yaml#F"]
    assert query.enabled is not None
    assert query.enabled.value is False


def test_trails_and_detectors() -> None:
    inventory = _built("""
Resources:
  T:
    Type: AWS::CloudTrail::Trail
    Properties: {IsLogging: true, S3BucketName: !Ref B, EnableLogFileValidation: true}
  B: {Type: AWS::S3::Bucket}
  G: {Type: AWS::GuardDuty::Detector, Properties: {Enable: false}}
  H: {Type: AWS::SecurityHub::Hub}
  M: {Type: AWS::Budgets::Budget, Properties: {NotificationsWithSubscribers: [{Notification: {}}]}}
  C: {Type: AWS::Config::ConfigurationRecorder, Properties: {RecordingGroup: {AllSupported: false}}}
""")
    trail = inventory.one(Monitor, "T")
    assert trail.validated is not None
    assert trail.multi_region is not None
    assert (trail.kind, trail.validated.value, trail.multi_region.value) == ("trail", True, False)
    assert [link.target for link in trail.watches] == ["template.yaml#B"]
    enabled = {
        monitor.name: (monitor.kind, monitor.enabled.value) for monitor in inventory.all(Monitor) if monitor.enabled
    }
    assert enabled == {
        "T": ("trail", True),
        "G": ("detector", False),
        "H": ("detector", True),
        "M": ("budget", True),
        "C": ("recorder", False),
    }
