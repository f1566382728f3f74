{{- define "data-forge.name" -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "data-forge.selector" -}}
app.kubernetes.io/name: data-forge
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "data-forge.labels" -}}
{{ include "data-forge.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "data-forge.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "data-forge.secret" -}}
{{ .Values.secrets.existingSecret | default (include "data-forge.name" .) }}
{{- end -}}
